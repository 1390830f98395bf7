import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { bodyOf, member, memberCaller, newTree } from './companies.ts'

onEachStore('tokens of an account', (store) => {
  let server: TestServer
  let clientId = ''
  beforeAll(async () => {
    server = await startTestServer({ store })
  })
  afterAll(() => server.close())

  const root = () => `/api/service-accounts/${clientId}/tokens`
  const make = (body: object) => server.manage('POST', root(), body)
  const ask = (token: string, path = '/tokeninfo') =>
    server.call(path, { headers: { Authorization: `Bearer ${token}` } })

  beforeAll(async () => {
    const made = await server.manage('POST', '/api/service-accounts', {
      name: 'holder',
      tokenEndpointAuthMethod: 'client_secret_basic',
      permissions: ['console.root.view'],
      audiences: ['https://files.example'],
    })
    clientId = made.body.clientId
  })

  test('are shown once, as JWTs that say whose they are and hold no rights', async () => {
    const made = await make({ name: 'once', audiences: ['https://files.example'] })
    expect(made).toMatchObject({ status: 201, body: { name: 'once' } })
    const { id, token, expiresAt } = made.body
    const claims = decodeJwt(token)
    expect(decodeProtectedHeader(token)).toMatchObject({ typ: 'JWT' })
    expect(Object.keys(claims).toSorted()).toEqual(
      ['iss', 'sub', 'aud', 'iat', 'nbf', 'exp', 'jti', 'token_id', 'status'].toSorted(),
    )
    expect(claims).toMatchObject({ iss: server.url, sub: clientId, token_id: id })
    expect(claims.aud).toEqual([server.url, 'https://files.example'])
    expect(new Date((claims.exp ?? 0) * 1000).toISOString()).toBe(expiresAt)
    const list = await server.manage('GET', root())
    expect(list.text).not.toContain(token)
    expect(list.body).toMatchObject([{ id, name: 'once', state: 'active', expiresAt }])
    expect(await ask(token, '/api/companies')).toMatchObject({ status: 200 })
    expect(await ask(token)).toMatchObject({ status: 200, body: { sub: clientId, token_id: id } })
  })

  test('end when they are deleted or their value is replaced, which is done at once', async () => {
    const { id, token } = (await make({ name: 'replaced' })).body
    const again = await server.manage('POST', `${root()}/${id}/regenerate`, {})
    expect(again).toMatchObject({ status: 200, body: { id } })
    expect(await ask(token)).toMatchObject({ status: 401 })
    expect(await ask(token, '/api/companies')).toMatchObject({ status: 401 })
    expect(await ask(again.body.token)).toMatchObject({ status: 200 })
    expect(await server.manage('DELETE', `${root()}/${id}`)).toMatchObject({ status: 204 })
    expect(await ask(again.body.token)).toMatchObject({ status: 401 })
  })

  test('get no new value for an audience that was taken from their account', async () => {
    const path = `/api/service-accounts/${clientId}`
    const files = 'https://files.example'
    const { id } = (await make({ name: 'for files', audiences: [files] })).body
    await server.manage('PATCH', path, { audiences: [] })
    const again = await server.manage('POST', `${root()}/${id}/regenerate`, {})
    await server.manage('PATCH', path, { audiences: [files] })
    expect(again.status).toBe(200)
    expect(decodeJwt(again.body.token).aud).toBe(server.url)
    expect((await server.manage('GET', `${root()}/${id}`)).body.audiences).toEqual([])
  })

  test('have no value that a clock revives which was ahead when another took its place', async () => {
    const { id, token } = (await make({ name: 'ahead' })).body
    server.clock.offset += 600_000
    const again = await server.manage('POST', `${root()}/${id}/regenerate`, {})
    server.clock.offset -= 600_000
    expect(again.status).toBe(200)
    expect(await ask(token)).toMatchObject({ status: 401 })
  })

  test('are listed by their state', async () => {
    const soon = new Date(Date.now() + server.clock.offset + 60_000).toISOString()
    await make({ name: 'over', expiresAt: soon })
    server.clock.offset += 120_000
    const names = async (query: string) =>
      (await server.manage('GET', `${root()}?${query}`)).body.map(
        ({ name }: { name: string }) => name,
      )
    expect(await names('state=expired')).toEqual(['over'])
    expect(await names('state=active')).not.toContain('over')
    expect(await names('state=invalidated')).toEqual([])
    expect((await server.manage('GET', `${root()}?state=gone`)).status).toBe(400)
  })

  test.each([
    ['guest', undefined],
    ['project-admin', undefined],
    ['company-owner', '127.0.0.1'],
  ])(
    'tell the address of their last use to whoever may manage the accounts: %s',
    async (role, address) => {
      const tree = await newTree(server)
      const holder = await member(server, tree, { role: 'guest' })
      const path = `/api/service-accounts/${holder.clientId}/tokens`
      const { id, token } = bodyOf(await server.manage('POST', path, { name: 'used' }), 201)
      expect((await ask(token, '/api/companies')).status).toBe(200)
      const caller = await memberCaller(server, tree, { role })
      for (const call of [server.manage, caller]) {
        const one = bodyOf(await call('GET', `${path}/${id}`), 200)
        expect(typeof one.lastUsedAt).toBe('string')
        expect(one.lastUsedFrom).toBe(call === caller ? address : '127.0.0.1')
        expect(bodyOf(await call('GET', path), 200)).toEqual([one])
      }
    },
  )

  test('have names of at most 63 characters, counted as they are kept', async () => {
    expect((await make({ name: 'x'.repeat(63) })).status).toBe(201)
    for (const name of ['x'.repeat(64), '\u0958'.repeat(63)]) {
      expect(await make({ name })).toMatchObject({ status: 400, body: { field: 'name' } })
    }
  })
})
