import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { accountsPath } from '../../support/accounts.ts'
import { type Credentials, startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { callerFor, create, manage, passTime, standing, view } from './accounts.ts'

onEachStore('the tokens of an account', (store) => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer({ store })
  })
  afterAll(async () => await server.close())

  const tokenOf = async (who: Credentials): Promise<string> =>
    (await server.token(who)).body.access_token
  const change = (who: Credentials, body: object) =>
    server.manage('PATCH', `${accountsPath}/${who.clientId}`, body)

  test('stand while it is enabled', async () => {
    const who = await create(server)
    const token = await tokenOf(who)
    expect(await standing(server, server.admin, token)).toEqual({ tokeninfo: 200, active: true })
  })

  test('are refused everywhere once it is disabled, and no new one is issued', async () => {
    const who = await create(server, { permissions: [manage, view] })
    const token = await tokenOf(who)
    const caller = await callerFor(server, who)
    expect((await caller('GET', accountsPath)).status).toBe(200)
    expect((await change(who, { state: 'disabled' })).status).toBe(200)
    const refused = await server.token(who)
    expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client'])
    expect(await standing(server, server.admin, token)).toEqual({ tokeninfo: 401, active: false })
    for (const path of [accountsPath, '/api/audit'])
      expect((await caller('GET', path)).status).toBe(401)
  })

  test('stay refused when it is enabled again, and new ones stand', async () => {
    const who = await create(server)
    const token = await tokenOf(who)
    await change(who, { state: 'disabled' })
    await change(who, { state: 'enabled' })
    expect(await standing(server, server.admin, token)).toEqual({ tokeninfo: 401, active: false })
    const fresh = await tokenOf(who)
    expect(await standing(server, server.admin, fresh)).toEqual({ tokeninfo: 200, active: true })
  })

  test('are refused everywhere once it is deleted', async () => {
    const who = await create(server, { permissions: [view] })
    const token = await tokenOf(who)
    const caller = await callerFor(server, who)
    await server.manage('DELETE', `${accountsPath}/${who.clientId}`)
    expect((await server.token(who)).status).toBe(401)
    expect(await standing(server, server.admin, token)).toEqual({ tokeninfo: 401, active: false })
    expect((await caller('GET', '/api/audit')).status).toBe(401)
  })

  test('are all ended by revoke-tokens, which leaves its secret alone', async () => {
    const who = await create(server)
    const tokens = [await tokenOf(who), await tokenOf(who)]
    const answer = await server.manage('POST', `${accountsPath}/${who.clientId}/revoke-tokens`)
    expect([answer.status, answer.text]).toEqual([204, ''])
    for (const token of tokens) {
      expect(await standing(server, server.admin, token)).toMatchObject({ active: false })
    }
    const fresh = await tokenOf(who)
    expect(await standing(server, server.admin, fresh)).toMatchObject({ active: true })
  })

  test('outlive a rotation, and are refused when their own time is over', async () => {
    const who = await create(server)
    const token = await tokenOf(who)
    await server.manage('POST', `${accountsPath}/${who.clientId}/rotate`, { overlapSeconds: 0 })
    expect(await standing(server, server.admin, token)).toMatchObject({ active: true })
    await passTime(server, 3_600_001)
    expect(await standing(server, server.admin, token)).toEqual({ tokeninfo: 401, active: false })
  })

  test('say nothing of why a login was refused', async () => {
    const [disabled, gone] = [await create(server), await create(server)]
    await change(disabled, { state: 'disabled' })
    await server.manage('DELETE', `${accountsPath}/${gone.clientId}`)
    const unknown = { clientId: 'ost_ci_unknown', clientSecret: disabled.clientSecret }
    const wrong = { ...(await create(server)), clientSecret: gone.clientSecret }
    const texts = []
    for (const who of [disabled, gone, unknown, wrong]) texts.push((await server.token(who)).text)
    expect(new Set(texts).size).toBe(1)
  })

  test('are not issued to an account whose only secret has expired', async () => {
    const expiresAt = new Date(Date.now() + server.clock.offset + 600_000).toISOString()
    const who = await create(server, { expiresAt })
    expect((await server.token(who)).status).toBe(200)
    await passTime(server, 600_001)
    expect((await server.token(who)).status).toBe(401)
  })
})

describe('/tokeninfo', () => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(async () => await server.close())

  test('gives the claims of the token that asks', async () => {
    const who = await create(server, { permissions: [view] })
    const token = (await server.token(who)).body.access_token
    const answer = await server.call('/tokeninfo', {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const payload = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString())
    expect(answer.body).toEqual(payload)
    expect(answer.body).toMatchObject({ iss: server.url, client_id: who.clientId })
  })

  test('needs no Client-key, tolerates public ones, and refuses an unknown one', async () => {
    const authorization = `Bearer ${await server.adminToken()}`
    const ask = async (key: string) => {
      const headers = { authorization, ...(key && { 'client-key': key }) }
      return (await server.call('/tokeninfo', { headers })).status
    }
    expect(await ask('')).toBe(200)
    expect(await ask('miactl')).toBe(200)
    expect(await ask(server.admin.clientKey)).toBe(200)
    expect(await ask('unknown-key')).toBe(401)
  })
})

describe('the Client-key header', () => {
  let server: TestServer
  let open: TestServer

  beforeAll(async () => {
    server = await startTestServer()
    open = await startTestServer({ env: { OSTIARY_API_REQUIRE_CLIENT_KEY: 'false' } })
  })
  afterAll(async () => {
    await server.close()
    await open.close()
  })

  const list = async (to: TestServer, path: string, key: string | undefined) => {
    const authorization = `Bearer ${await to.adminToken()}`
    const headers = { authorization, ...(key !== undefined && { 'client-key': key }) }
    return await to.call(path, { headers })
  }

  test('is needed for service accounts, and must be one that is known', async () => {
    const mistyped = `${server.admin.clientKey.slice(0, -1)}!`
    for (const key of [undefined, '', 'miactl', 'unknown', mistyped, open.admin.clientKey]) {
      const answer = await list(server, accountsPath, key)
      expect([answer.status, answer.body.code]).toEqual([401, 'client_key.refused'])
      expect(answer.body.field).toBe('Client-key')
    }
    expect((await list(server, accountsPath, server.admin.clientKey)).status).toBe(200)
  })

  test('is not needed for the audit log, but must not be wrong', async () => {
    expect((await list(server, '/api/audit', undefined)).status).toBe(200)
    expect((await list(server, '/api/audit', 'miactl')).status).toBe(200)
    expect((await list(server, '/api/audit', 'unknown')).status).toBe(401)
  })

  test('opens nothing without a token', async () => {
    const headers = { 'client-key': server.admin.clientKey }
    expect((await server.call(accountsPath, { headers })).status).toBe(401)
  })

  test('may be left out where the configuration says so', async () => {
    expect((await list(open, accountsPath, undefined)).status).toBe(200)
    expect((await list(open, accountsPath, 'miactl')).status).toBe(200)
    expect((await list(open, accountsPath, 'unknown')).status).toBe(401)
  })
})
