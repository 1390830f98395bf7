import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { accountsPath } from '../../support/accounts.ts'
import { eventually } from '../../support/eventually.ts'
import {
  type Answer,
  basic,
  type Credentials,
  startTestServer,
  type TestServer,
} from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { form, newFolder, start } from '../server-process.ts'
import { keyClient, secretClient } from '../support/accounts.ts'
import { assertionForm, assertionOf, type KeyClient, login } from '../support/assertions.ts'
import {
  decoded,
  expectRefusal,
  expectToken,
  grant,
  introspectPath,
  post,
  revokePath,
} from '../support/expectations.ts'

onEachStore('a token that was issued', (store) => {
  let server: TestServer
  let client: Credentials
  let other: Credentials
  let signer: KeyClient

  beforeAll(async () => {
    server = await startTestServer({ store })
    client = await secretClient(server, { permissions: ['console.root.view'] })
    other = await secretClient(server)
    signer = await keyClient(server)
  })
  afterAll(async () => await server.close())

  const tokenOf = async (who: Credentials, asked: Record<string, string> = {}) =>
    expectToken(await server.token(who, asked))
  const send = (path: string, who: Credentials, members: Record<string, string>) =>
    post(server, new URLSearchParams(members), { path, headers: { authorization: basic(who) } })
  const introspect = (token: string, who = client) => send(introspectPath, who, { token })
  const revoke = (token: string, who = client) => send(revokePath, who, { token })
  const tokeninfo = async (token: string) =>
    (await server.call('/tokeninfo', { headers: { authorization: `Bearer ${token}` } })).status
  const change = (who: Credentials, state: string) =>
    server.manage('PATCH', `${accountsPath}/${who.clientId}`, { state })

  function expectInactive(answer: Answer): void {
    expect([answer.status, answer.text]).toEqual([200, '{"active":false}'])
    expect(answer.headers.get('content-type')).toMatch(/^application\/json\b/)
    expect(answer.headers.get('cache-control')).toContain('no-store')
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  }

  function expectDone(answer: Answer): void {
    expect([answer.status, answer.text]).toEqual([200, ''])
    expect(answer.headers.get('cache-control')).toContain('no-store')
  }

  async function expectEnded(token: string): Promise<void> {
    for (const who of [client, other, server.admin]) expectInactive(await introspect(token, who))
    expect(await tokeninfo(token)).toBe(401)
  }

  async function expectLive(token: string): Promise<void> {
    expect((await introspect(token, server.admin)).body).toMatchObject({ active: true })
    expect(await tokeninfo(token)).toBe(200)
  }

  describe('and stands', () => {
    test('is told of by its claims, to its holder and to accounts of the root that may ask', async () => {
      for (const asked of [{}, { scope: 'console.root.view' }]) {
        const token = await tokenOf(client, asked)
        expectInactive(await introspect(token, other))
        for (const who of [client, server.admin]) {
          const answer = await introspect(token, who)
          const claims = { active: true, token_type: 'Bearer', ...decoded(token) }
          expect([answer.status, answer.body]).toEqual([200, claims])
          expect(answer.headers.get('cache-control')).toContain('no-store')
        }
      }
    })

    test('is told of to a client that logs in by assertion, and ended by it', async () => {
      const token = expectToken(await login(server, assertionOf(signer, server)))
      const asked = () => assertionForm(assertionOf(signer, server), { token })
      const { body } = await post(server, asked(), { path: introspectPath })
      expect(body).toMatchObject({ active: true, client_id: signer.clientId })
      expectDone(await post(server, asked(), { path: revokePath }))
      await expectEnded(token)
    })

    test.each(['access_token', 'refresh_token', 'nonsense', ''])(
      'is found whatever type is hinted at: %j',
      async (hint) => {
        const members = { token: await tokenOf(client), token_type_hint: hint }
        expect((await send(introspectPath, client, members)).body.active).toBe(true)
        expectDone(await send(revokePath, client, members))
        await expectEnded(members.token)
      },
    )

    test('is told of as plain JSON, whatever the caller accepts', async () => {
      const token = await tokenOf(client)
      for (const accept of [
        'application/token-introspection+jwt',
        'application/jwt',
        'text/html',
      ]) {
        const headers = { authorization: basic(client), accept }
        const answer = await post(server, `token=${token}`, { path: introspectPath, headers })
        expect(answer.body).toMatchObject({ active: true })
      }
    })

    test('is no login at the endpoints that tell of it and end it', async () => {
      const token = await tokenOf(server.admin)
      for (const path of [introspectPath, revokePath]) {
        const headers = { authorization: `Bearer ${token}` }
        const answer = await post(server, `token=${token}`, { path, headers })
        expectRefusal(answer, 401, 'invalid_client')
      }
      await expectLive(token)
    })
  })

  describe('is not active, and nothing says why,', () => {
    test('when it is malformed, unknown or no access token', async () => {
      const [header, payload, signature] = (await tokenOf(client)).split('.')
      const [otherHeader, otherPayload] = (await tokenOf(other)).split('.')
      for (const token of [
        ...['x', 'a.b.c', ' ', '\0', 'é'.repeat(500)],
        'x'.repeat(40_000),
        '{"active":true}',
        ...[`${header}.${payload}.`, `${header}.${otherPayload}.${signature}`],
        `${otherHeader}.${payload}.${signature}x`,
        ...[client.clientSecret, client.clientId],
        assertionOf(signer, server),
      ]) {
        expectInactive(await introspect(token))
        expectDone(await revoke(token))
      }
    })

    test('when it was revoked, or its account was disabled or deleted', async () => {
      const [disabled, deleted] = [await secretClient(server), await secretClient(server)]
      const tokens = [await tokenOf(client), await tokenOf(disabled), await tokenOf(deleted)]
      for (const token of tokens) await expectLive(token)
      expectDone(await revoke(tokens[0] ?? ''))
      await change(disabled, 'disabled')
      await server.manage('DELETE', `${accountsPath}/${deleted.clientId}`)
      for (const token of tokens) await expectEnded(token)
    })

    test('when its time is over, and ending it then is no error', async () => {
      const soon = await startTestServer({ store, env: { OSTIARY_TOKENS_ACCESS_SECONDS: '10' } })
      const short = expectToken(await soon.token(soon.admin))
      const headers = { authorization: basic(soon.admin) }
      const ask = (path: string) => post(soon, `token=${short}`, { path, headers })
      expect((await ask(introspectPath)).body.active).toBe(true)
      soon.clock.offset = 10_001
      expectInactive(await ask(introspectPath))
      expectDone(await ask(revokePath))
      await soon.close()
    })
  })

  describe('is ended', () => {
    test('by its own client, at once and for good, and no other token with it', async () => {
      const [token, beside] = [await tokenOf(client), await tokenOf(client)]
      for (let times = 0; times < 2; times += 1) {
        expectDone(await revoke(token))
        await expectEnded(token)
      }
      await expectLive(beside)
      await expectLive(await tokenOf(client))
    })

    test('once by twenty requests at once, which are all answered alike', async () => {
      const token = await tokenOf(client)
      const answers = await Promise.all(Array.from({ length: 20 }, () => revoke(token)))
      for (const answer of answers) expectDone(answer)
      await expectEnded(token)
    })

    test('by nobody else, who cannot even tell that it is there', async () => {
      const token = await tokenOf(client)
      const stamps = ['date', 'x-request-id']
      const told = ({ status, text, headers }: Answer) =>
        JSON.stringify([status, text, [...headers].filter(([name]) => !stamps.includes(name))])
      const unknown = told(await revoke('unknown', other))
      for (const who of [other, server.admin]) expect(told(await revoke(token, who))).toBe(unknown)
      await expectLive(token)
    })

    test('by nobody who is not logged in, or may no longer log in', async () => {
      const who = await secretClient(server)
      const token = await tokenOf(client)
      const wrong = { ...client, clientSecret: who.clientSecret }
      await change(who, 'disabled')
      for (const path of [introspectPath, revokePath]) {
        expectRefusal(await send(path, wrong, { token }), 401, 'invalid_client')
        expectRefusal(await send(path, who, { token }), 401, 'invalid_client')
        expectRefusal(await post(server, grant({ token }), { path }), 401, 'invalid_client')
      }
      await expectLive(token)
    })
  })

  test.each([introspectPath, revokePath])('is asked about at %s once, in a form', async (path) => {
    const token = await tokenOf(client)
    const headers = { authorization: basic(client) }
    const ask = (body: string, query = '') => post(server, body, { path: path + query, headers })
    for (const body of ['', 'token=', 'token_type_hint=access_token', `token=${token}&token=x`]) {
      expectRefusal(await ask(body), 400, 'invalid_request')
    }
    expectRefusal(await ask('', `?token=${token}`), 400, 'invalid_request')
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await server.call(`${path}?token=${token}`, { method, headers })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
    }
    const json = { ...headers, 'content-type': 'application/json' }
    const answer = await post(server, JSON.stringify({ token }), { path, headers: json })
    expectRefusal(answer, 415, 'invalid_request')
    await expectLive(token)
  })

  test('and ended stays ended when the server is killed right after it said so', async () => {
    const { env, drop } = store.fresh()
    const dir = await newFolder()
    const first = await start(dir, env)
    const root = await first.root()
    const type = 'application/x-www-form-urlencoded'
    const headers = { authorization: basic(root), 'content-type': type }
    const tokens = [await first.token(root), await first.token(root)]
    const [ended, live] = tokens.map(({ body }) => String(body.access_token))
    const asked = (token = '') => ({ ...form({ token }), headers })
    expect((await first.call(revokePath, asked(ended))).status).toBe(200)
    first.child.kill('SIGKILL')
    await first.exit
    const again = await start(dir, env)
    expect(
      await eventually(async () => (await again.call('/-/ready?for=changes')).status === 200),
    ).toBe(true)
    expect((await again.call(introspectPath, asked(ended))).text).toBe('{"active":false}')
    expect((await again.call(introspectPath, asked(live))).body.active).toBe(true)
    again.child.kill('SIGKILL')
    await again.exit
    await drop()
  })
})
