import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { memberCaller, newTree } from './companies.ts'

onEachStore('the feed of revocations', (store) => {
  let server: TestServer
  let root = ''
  beforeAll(async () => {
    server = await startTestServer({ store })
    const made = await server.manage('POST', '/api/service-accounts', {
      name: 'holder',
      tokenEndpointAuthMethod: 'client_secret_basic',
      permissions: [],
    })
    root = `/api/service-accounts/${made.body.clientId}`
  })
  afterAll(() => server.close())

  const ask = async (query = '') => await server.manage('GET', `/api/revocations${query}`)
  const make = async (name: string) =>
    (await server.manage('POST', `${root}/tokens`, { name })).body
  const begin = async (): Promise<string> => (await ask()).body.next

  test('begins with what is revoked from now on', async () => {
    expect(await ask()).toMatchObject({ status: 200, body: { revocations: [] } })
  })

  test('tells at once those who wait what was replaced, deleted or disabled', async () => {
    const { id, token } = await make('followed')
    let since = await begin()
    const waiting = ask(`?since=${since}&wait=60`)
    await server.manage('POST', `${root}/tokens/${id}/regenerate`, {})
    const first = (await waiting).body
    expect(first.revocations).toMatchObject([{ jti: decodeJwt(token).jti, token_id: id }])
    since = first.next
    await server.manage('POST', `${root}/tokens/${id}/regenerate`, { overlapSeconds: 60 })
    await server.manage('DELETE', `${root}/tokens/${id}`)
    await server.manage('PATCH', root, { state: 'disabled' })
    await server.manage('PATCH', root, { state: 'enabled' })
    const { revocations, next } = (await ask(`?since=${since}`)).body
    const account = root.split('/').at(-1)
    expect(revocations).toMatchObject([{ token_id: id }, { account }])
    expect((await ask(`?since=${next}&wait=0`)).body).toEqual({ revocations: [], next })
  })

  test('tells that it was access tokens alone that an account lost', async () => {
    const since = await begin()
    await server.manage('POST', `${root}/revoke-tokens`)
    const { revocations } = (await ask(`?since=${since}`)).body
    const account = root.split('/').at(-1)
    expect(revocations).toEqual([{ account, kind: 'access', at: expect.any(String) }])
  })

  test('tells of a value that was let be, when another regeneration ends it before its time', async () => {
    const { id, token } = await make('twice')
    const regenerate = async (overlapSeconds: number) =>
      (await server.manage('POST', `${root}/tokens/${id}/regenerate`, { overlapSeconds })).body
    await regenerate(600)
    const since = await begin()
    await regenerate(600)
    const { revocations } = (await ask(`?since=${since}`)).body
    expect(revocations).toMatchObject([{ jti: decodeJwt(token).jti, token_id: id }])
  })

  test.each([
    ['names no status list', 3600],
    ['names one', 200_000],
  ])(
    'tells of a value that was let be and %s when that time is over, once and not before',
    async (_, life) => {
      const expiresAt = new Date(Date.now() + life * 1000).toISOString()
      const made = await server.manage('POST', `${root}/tokens`, {
        name: `let be ${life}`,
        expiresAt,
      })
      const { id, token } = made.body
      const regenerate = async (body: object) =>
        (await server.manage('POST', `${root}/tokens/${id}/regenerate`, body)).body
      const headers = { authorization: `Bearer ${token}` }
      const use = async () => (await server.call('/tokeninfo', { headers })).status
      const since = await begin()
      const { previousExpiresAt } = await regenerate({ overlapSeconds: 20, expiresAt })
      expect((await ask(`?since=${since}&wait=0`)).body.revocations).toEqual([])
      expect(await use()).toBe(200)
      server.clock.offset += 20_000
      const { revocations, next } = (await ask(`?since=${since}&wait=60`)).body
      expect(revocations).toEqual([
        { jti: decodeJwt(token).jti, token_id: id, at: expect.any(String) },
      ])
      expect(revocations[0].at >= previousExpiresAt).toBe(true)
      expect(await use()).toBe(401)
      const jti = expect.not.stringMatching(revocations[0].jti)
      await regenerate({ expiresAt })
      const later = (await ask(`?since=${next}&wait=0`)).body.revocations
      expect(later).toMatchObject([{ jti, token_id: id }])
    },
  )

  test('tells of no value that stays good to the moment to which the one before it was', async () => {
    const expiresAt = new Date(Date.now() + 300_000).toISOString()
    const made = await server.manage('POST', `${root}/tokens`, { name: 'to the end', expiresAt })
    const path = `${root}/tokens/${made.body.id}/regenerate`
    const body = { overlapSeconds: 600, expiresAt }
    const { token } = (await server.manage('POST', path, body)).body
    const since = await begin()
    await server.manage('POST', path, body)
    const { revocations } = (await ask(`?since=${since}`)).body
    expect(revocations).not.toContainEqual(expect.objectContaining({ jti: decodeJwt(token).jti }))
  })

  test('tells a company of its own alone', async () => {
    const tree = await newTree(server)
    const member = await memberCaller(server, tree, { role: 'guest' })
    const { next: since } = (await member('GET', '/api/revocations')).body
    const { id } = await make('of root')
    await server.manage('DELETE', `${root}/tokens/${id}`)
    await server.manage('DELETE', `/api/projects/${tree.projectId}`)
    const { revocations } = (await member('GET', `/api/revocations?since=${since}`)).body
    expect(revocations).toMatchObject([{ project: tree.projectId }])
  })

  test('refuses a place that is none, or that the log has not come to', async () => {
    for (const since of ['x', 'r', 'rzzzzzzzz', '0', 'r-1']) {
      const answer = await ask(`?since=${since}`)
      expect([since, answer.status]).toEqual([since, 400])
    }
    expect((await ask('?wait=61')).status).toBe(400)
  })

  test('lets nobody wait while the server leaves', async () => {
    const other = await startTestServer({ store })
    const { next: since } = (await other.manage('GET', '/api/revocations')).body
    const waiting = other.manage('GET', `/api/revocations?since=${since}&wait=60`)
    // It waits as soon as it was judged: the log of a first start has ended by then.
    await other.manage('GET', '/api/revocations')
    await Promise.all([other.close(), waiting])
    expect((await waiting).body).toMatchObject({ revocations: [] })
  })
})
