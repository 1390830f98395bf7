import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { describeMongo, newDatabase } from '../storage/mongo-database.ts'
import { eventually } from '../support/eventually.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { keyClient } from './support/accounts.ts'
import { assertionOf, login } from './support/assertions.ts'

const hour = 3600_000

describeMongo('a process whose clock is two hours ahead of the others', () => {
  const database = newDatabase()
  let right: TestServer
  let wrong: TestServer
  beforeAll(async () => {
    const env = {
      OSTIARY_STORAGE_URI: database.uri,
      OSTIARY_SECRET_PEPPER: 'a pepper that only these tests know, of course',
    }
    right = await startTestServer({ env })
    const { admin } = right
    wrong = await startTestServer({ beside: { env, dir: right.dir }, admin, clockOffset: 2 * hour })
  })
  afterAll(async () => {
    await wrong.close()
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
    const client = await keyClient(right)
    await eventually(() => wrong.logged.join('').includes('is not believed'))
    expect(await login(right, assertionOf(client, right))).toMatchObject({ status: 200 })
    const horizons = await (await database.raw()).collection('meta').find().toArray()
    const ahead = horizons.filter(({ value }) => Number(value) > Date.now() + hour)
    expect(ahead).toEqual([])
  })
})
