import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { accountsPath } from '../support/accounts.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { onEachStore } from '../support/stores.ts'
import { secretClient } from './support/accounts.ts'

const hour = 3600_000

onEachStore('clocks that differ', (store) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ store })
  })
  afterAll(() => server.close())

  const at = async <T>(offset: number, work: () => Promise<T>): Promise<T> => {
    server.clock.offset = offset
    try {
      return await work()
    } finally {
      server.clock.offset = 0
    }
  }
  const stands = async (token: string) =>
    (await server.call('/tokeninfo', { headers: { authorization: `Bearer ${token}` } })).status

  test('a token of a process whose clock is a little ahead is taken at once', async () => {
    const client = await secretClient(server)
    const { body } = await at(5000, () => server.token(client))
    expect(await stands(body.access_token)).toBe(200)
    const { body: early } = await at(60_000, () => server.token(client))
    expect(await stands(early.access_token)).toBe(401)
  })

  test('a clock that is set back does not revive tokens that were revoked', async () => {
    const client = await secretClient(server)
    const token = (await server.token(client)).body.access_token
    const path = `${accountsPath}/${client.clientId}/revoke-tokens`
    expect((await server.manage('POST', path)).status).toBe(204)
    const adminToken = await at(-hour, () => server.adminToken())
    const again = await at(-hour, () =>
      server.call(path, {
        method: 'POST',
        headers: { authorization: `Bearer ${adminToken}`, 'client-key': server.admin.clientKey },
      }),
    )
    expect(again.status).toBe(204)
    expect(await stands(token)).toBe(401)
  })

  test('revoking ends tokens of a process whose clock is ahead, and none that is made after', async () => {
    const client = await secretClient(server)
    const { body: before } = await at(8000, () => server.token(client))
    const path = `${accountsPath}/${client.clientId}/revoke-tokens`
    expect((await server.manage('POST', path)).status).toBe(204)
    const { body: after } = await at(-8000, () => server.token(client))
    const tokens = [before, after].map(({ access_token }) => stands(access_token))
    expect(await Promise.all(tokens)).toEqual([401, 200])
  })

  test('an account that was disabled by a clock far ahead gets good tokens once it is enabled', async () => {
    const client = await secretClient(server)
    const adminToken = await at(hour, () => server.adminToken())
    const turn = (state: string) =>
      server.call(`${accountsPath}/${client.clientId}`, {
        method: 'PATCH',
        headers: {
          authorization: `Bearer ${adminToken}`,
          'client-key': server.admin.clientKey,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ state }),
      })
    for (const state of ['disabled', 'enabled']) {
      expect(await at(hour, () => turn(state))).toMatchObject({ status: 200 })
    }
    expect(await stands((await server.token(client)).body.access_token)).toBe(200)
  })

  test('a clock that jumps by hours costs no request: the log is read before any is refused', async () => {
    const client = await secretClient(server)
    await at(7 * hour, async () => {
      const answers = await Promise.all([
        ...Array.from({ length: 20 }, () => server.token(client)),
        server.manage('GET', accountsPath),
        server.manage('GET', '/api/audit'),
      ])
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    })
  })
})
