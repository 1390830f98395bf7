import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { accountsPath } from '../support/accounts.ts'
import { type Credentials, startTestServer, type TestServer } from '../support/server.ts'
import { onEachStore } from '../support/stores.ts'

onEachStore('those who can manage accounts', (store) => {
  const { env, leave } = store.fresh()
  let dir = ''
  let one: TestServer
  let other: TestServer
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ostiary-managers-'))
    one = await startTestServer({ beside: { env, dir } })
    // An embedded store has one process.
    other = store.name === 'SQLite' ? one : await startTestServer({ beside: { env, dir } })
  })
  afterAll(async () => {
    if (other !== one) await other.close()
    await one.close()
    await leave()
    await rm(dir, { recursive: true })
  })

  async function end(server: TestServer, who: Credentials, whom: Credentials) {
    const token = (await server.token(who)).body.access_token
    return () =>
      server.call(`${accountsPath}/${whom.clientId}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${token}`, 'client-key': one.admin.clientKey },
      })
  }

  test('are never all gone, though the last two delete each other in the same moment', async () => {
    const first = await one.manage('GET', `${accountsPath}/${one.admin.clientId}`)
    const { permissions } = first.body
    let left: Credentials = one.admin
    for (let round = 0; round < 5; round += 1) {
      const token = (await one.token(left)).body.access_token
      const made = await one.call(accountsPath, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'client-key': one.admin.clientKey,
          'content-type': 'application/json',
        },
        body: JSON.stringify({
          name: `rival ${round}`,
          permissions,
          tokenEndpointAuthMethod: 'client_secret_basic',
        }),
      })
      const rival: Credentials = made.body
      const ends = await Promise.all([end(one, left, rival), end(other, rival, left)])
      const statuses = (await Promise.all(ends.map((go) => go()))).map(({ status }) => status)
      const [isRivalGone, isLeftGone] = statuses.map((status) => status === 204)
      expect(isRivalGone && isLeftGone).toBe(false)
      if (!isRivalGone && !isLeftGone) await (await end(one, left, rival))()
      left = isLeftGone ? rival : left
      expect(await one.token(left)).toMatchObject({ status: 200 })
    }
    const last = await (await end(one, left, left))()
    expect([last.status, last.body.code]).toEqual([409, 'account.last_manager'])
  })
})
