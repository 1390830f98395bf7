import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { collectionsOf } from '../../src/storage/mongo/documents.ts'
import { describeMongo, newDatabase } from '../storage/mongo-database.ts'
import { eventually } from '../support/eventually.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { keyClient } from './support/accounts.ts'
import { assertionOf, type KeyClient, login } from './support/assertions.ts'

const hour = 3600_000

describeMongo('a process whose clock is two hours ahead of the others', () => {
  const database = newDatabase()
  let right: TestServer
  let wrong: TestServer
  let client: KeyClient
  beforeAll(async () => {
    const env = {
      OSTIARY_STORAGE_URI: database.uri,
      OSTIARY_SECRET_PEPPER: 'a pepper that only these tests know, of course',
    }
    right = await startTestServer({ env })
    const { admin } = right
    client = await keyClient(right)
    // A replay record that the wrong clock takes for long over.
    expect(await login(right, assertionOf(client, right))).toMatchObject({ status: 200 })
    wrong = await startTestServer({ beside: { env, dir: right.dir }, admin, clockOffset: 2 * hour })
  })
  afterAll(async () => {
    await right.close()
    await database.drop()
  })

  test('says so when it is asked whether it is ready, and in its log', async () => {
    const ready = await eventually(
      () => wrong.call('/-/ready'),
      ({ body }) => body.checks.clock === 'differs',
    )
    expect(ready).toMatchObject({ status: 200, body: { status: 'degraded' } })
    expect(await eventually(() => wrong.logged.join('').includes('is not believed'))).toBe(true)
    expect((await right.call('/-/ready')).body).toMatchObject({ checks: { clock: 'ok' } })
  })

  test('makes no other process forget or refuse anything', async () => {
    // What it does in the background is done when it has closed.
    await wrong.close()
    const { meta } = collectionsOf(await database.raw())
    const horizon = await meta.findOne({ _id: 'claim_horizon' })
    expect(horizon?.value).toBeLessThan(Date.now())
    expect(await login(right, assertionOf(client, right))).toMatchObject({ status: 200 })
  })
})
