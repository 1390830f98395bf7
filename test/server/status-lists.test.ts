import { inflateSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { eventually } from '../support/eventually.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { onEachStore } from '../support/stores.ts'

interface Listed {
  readonly uri: string
  readonly idx: number
}

onEachStore('a status list', (store) => {
  let server: TestServer
  let root = ''
  beforeAll(async () => {
    server = await startTestServer({ store })
    const account = { name: 'holder', tokenEndpointAuthMethod: 'client_secret_basic' }
    const made = await server.manage('POST', '/api/service-accounts', {
      ...account,
      permissions: [],
    })
    root = `/api/service-accounts/${made.body.clientId}`
  })
  afterAll(() => server.close())

  const make = async (body: object) => (await server.manage('POST', `${root}/tokens`, body)).body
  const placeOf = (token: string): Listed => {
    const { status }: { status?: { status_list: Listed } } = decodeJwt(token)
    if (!status) throw new Error('the token has no place in a list')
    return status.status_list
  }
  const read = (uri: string, headers: Record<string, string> = {}) =>
    server.call(new URL(uri).pathname, { headers })
  const isRevoked = async ({ uri, idx }: Listed): Promise<boolean> => {
    const { status_list: list }: { status_list?: { lst: string } } = decodeJwt(
      (await read(uri)).text,
    )
    const bits = inflateSync(Buffer.from(list?.lst ?? '', 'base64url'))
    return (((bits[idx >>> 3] ?? 0) >>> (idx & 7)) & 1) === 1
  }
  const becomes = (place: Listed, revoked: boolean) =>
    eventually(
      () => isRevoked(place),
      (is) => is === revoked,
    )

  test('is a signed token of its own type, for its own address, good for longer than it is kept', async () => {
    const { uri } = placeOf((await make({ name: 'any' })).token)
    const answer = await read(uri)
    expect(answer.headers.get('content-type')).toBe('application/statuslist+jwt')
    expect(answer.headers.get('cache-control')).toBe('public, max-age=60')
    const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`))
    const { payload } = await jwtVerify(answer.text, keys, { typ: 'statuslist+jwt' })
    expect(payload).toMatchObject({ iss: server.url, sub: uri, ttl: 60 })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeGreaterThanOrEqual(60)
    const again = await read(uri, { 'if-none-match': answer.headers.get('etag') ?? '' })
    expect(again.status).toBe(304)
  })

  test('is not there under another id, and takes no other method', async () => {
    const answer = await server.call('/api/status-lists/list-999')
    expect(answer).toMatchObject({ status: 404, body: { code: 'status_list.not_found' } })
    const { uri } = placeOf((await make({ name: 'method' })).token)
    const posted = await server.call(new URL(uri).pathname, { method: 'POST' })
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  test('has the bit of a token set when it is deleted, and of a former value for good', async () => {
    const { id, token } = await make({ name: 'turned' })
    const first = placeOf(token)
    expect(await isRevoked(first)).toBe(false)
    const regenerate = async (body: object) =>
      (await server.manage('POST', `${root}/tokens/${id}/regenerate`, body)).body
    const second = placeOf((await regenerate({})).token)
    await becomes(first, true)
    expect(await isRevoked(second)).toBe(false)
    const third = placeOf((await regenerate({ overlapSeconds: 600 })).token)
    expect([await isRevoked(second), await isRevoked(third)]).toEqual([false, false])
    server.clock.offset += 601_000
    await becomes(second, true)
    expect(await isRevoked(third)).toBe(false)
    await server.manage('DELETE', `${root}/tokens/${id}`)
    await becomes(third, true)
    expect([await isRevoked(first), await isRevoked(second)]).toEqual([true, true])
    expect(new Set([first, second, third].map(({ idx }) => idx)).size).toBe(3)
  })

  test('has the bits of an account set while it is disabled, and no longer', async () => {
    const place = placeOf((await make({ name: 'resting' })).token)
    await server.manage('PATCH', root, { state: 'disabled' })
    await becomes(place, true)
    await server.manage('PATCH', root, { state: 'enabled' })
    await becomes(place, false)
    await server.manage('DELETE', root)
    await becomes(place, true)
  })
})
