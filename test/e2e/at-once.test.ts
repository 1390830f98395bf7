import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { describeMongo, newDatabase } from '../storage/mongo-database.ts'
import { accountsPath } from '../support/accounts.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { keyClient, secretClient } from './support/accounts.ts'
import { assertionOf, ec, login } from './support/assertions.ts'
import { expectToken, reasons } from './support/expectations.ts'

/** Enough to come before the other server has followed the log by itself. */
const times = 10

describeMongo('an account on two servers of one database', () => {
  const database = newDatabase()
  let one: TestServer
  let two: TestServer
  beforeAll(async () => {
    const env = {
      OSTIARY_STORAGE_URI: database.uri,
      OSTIARY_SECRET_PEPPER: 'a pepper that only these tests know, of course',
      // The second refused login of a client would have to wait.
      OSTIARY_OAUTH_THROTTLE_FAILURES: '1',
    }
    one = await startTestServer({ env })
    two = await startTestServer({ beside: { env, dir: one.dir } })
  })
  afterAll(async () => {
    await two.close()
    await one.close()
    await database.drop()
  })

  test('that one has made logs in on the other at once, and no refusal is counted', async () => {
    for (let time = 0; time < times; time += 1) {
      const client = await secretClient(one)
      expectToken(await two.token(client))
      expect(reasons(two, client.clientId)).toEqual([])
    }
  })

  test('that one has made logs in on the other at once by its key', async () => {
    for (let time = 0; time < times; time += 1) {
      const client = await keyClient(one, { alg: 'ES256', pair: ec })
      expectToken(await login(two, assertionOf(client, two)))
    }
  })

  test('whose secret was rotated on one logs in with the new one on the other at once', async () => {
    const client = await secretClient(one)
    const path = `${accountsPath}/${client.clientId}/rotate`
    for (let time = 0; time < times; time += 1) {
      const { clientSecret } = (await one.manage('POST', path, { overlapSeconds: 0 })).body
      expectToken(await two.token({ ...client, clientSecret }))
    }
  })

  test('that was enabled again on one logs in on the other at once', async () => {
    const client = await secretClient(one)
    const path = `${accountsPath}/${client.clientId}`
    for (let time = 0; time < times; time += 1) {
      await one.manage('PATCH', path, { state: 'disabled' })
      await one.manage('PATCH', path, { state: 'enabled' })
      expectToken(await two.token(client))
    }
  })
})
