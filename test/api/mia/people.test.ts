import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { describeMongo } from '../../storage/mongo-database.ts'
import { accountsPath, wanted } from '../../support/accounts.ts'
import { eventually } from '../../support/eventually.ts'
import {
  claimsOfAda,
  jwt,
  newKey,
  openTestIssuer,
  signerOf,
  type TestIssuer,
} from '../../support/issuer.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { mongo, onEachStore } from '../../support/stores.ts'

const root = '/api/issuers'
const minuteMs = 60_000

onEachStore('people', (store) => {
  let server: TestServer
  let staff: TestIssuer
  let guests: TestIssuer
  let id: string

  beforeAll(async () => {
    staff = await openTestIssuer()
    guests = await openTestIssuer()
    const settled = { name: 'staff', issuer: staff.url, audience: 'ostiary', allowInsecure: true }
    server = await startTestServer({
      store,
      env: { OSTIARY_PEOPLE_ISSUERS: JSON.stringify([settled]) },
    })
    const given = { ...settled, name: 'guests', issuer: guests.url }
    id = (await server.manage('POST', root, given)).body.id
  })
  afterAll(async () => {
    await server.close()
    for (const issuer of [staff, guests]) await issuer.close()
  })

  const now = () => Date.now() + server.clock.offset
  /** A token of Ada at that issuer, by the clock of the server. */
  const tokenOf = (issuer: TestIssuer, claims: object = {}, header: object = {}) =>
    issuer.token({ ...claimsOfAda(issuer.url, now()), ...claims }, { ...header })
  const calls = (token: string) =>
    server.call(root, { headers: { authorization: `Bearer ${token}` } })
  /** 403: the person is known, and may do nothing yet; 401: nobody is. */
  const status = async (token: string) => (await calls(token)).status

  test('are known by a token of an issuer of the settings, or of a record', async () => {
    for (const issuer of [staff, guests]) {
      const { status: code, body } = await calls(tokenOf(issuer))
      expect([code, body.code]).toEqual([403, 'actor.forbidden'])
    }
  })

  test('are let in nowhere that is open to any token of ours', async () => {
    const headers = { authorization: `Bearer ${tokenOf(staff)}` }
    expect((await server.call('/tokeninfo', { headers })).status).toBe(401)
  })

  test.each<readonly [string, object, object]>([
    ['another issuer', { iss: 'https://other.example' }, {}],
    ['another audience', { aud: 'other' }, {}],
    ['no end', { exp: undefined }, {}],
    ['an end in the past', { iat: 1, exp: 2 }, {}],
    ['a beginning in the future', { iat: 4_000_000_000, exp: 4_000_000_300 }, {}],
    ['no signature', {}, { alg: 'none' }],
    ['a shared secret', {}, { alg: 'HS256' }],
    ['a key that is not known', {}, { kid: 'other' }],
    ['the type of an assertion', {}, { typ: 'client-authentication+jwt' }],
    ['nobody in it', { sub: '' }, {}],
  ])('are not known by a token with %s', async (_what, claims, header) => {
    const { status: code, body, headers } = await calls(tokenOf(staff, claims, header))
    expect([code, body.code]).toEqual([401, 'actor.unauthenticated'])
    expect(headers.get('www-authenticate')).toContain('error="invalid_token"')
  })

  test('are not known by what somebody else has signed', async () => {
    const [key = newKey()] = staff.keys
    const header = { alg: key.alg, kid: key.kid }
    const forged = jwt(header, claimsOfAda(staff.url, now()), signerOf(newKey()))
    expect(await status(forged)).toBe(401)
  })

  describe('are refused at once', () => {
    test('when their issuer is disabled, and known again when it is enabled', async () => {
      const token = tokenOf(guests)
      expect(await status(token)).toBe(403)
      await server.manage('PATCH', `${root}/${id}`, { state: 'disabled' })
      expect(await status(token)).toBe(401)
      await server.manage('PATCH', `${root}/${id}`, { state: 'enabled' })
      expect(await status(token)).toBe(403)
    })

    test('when the audience of their issuer becomes another', async () => {
      const token = tokenOf(guests)
      await server.manage('PATCH', `${root}/${id}`, { audience: 'another' })
      expect(await status(token)).toBe(401)
      await server.manage('PATCH', `${root}/${id}`, { audience: 'ostiary' })
      expect(await status(token)).toBe(403)
    })

    test('when their issuer is deleted', async () => {
      const other = await openTestIssuer()
      const given = { issuer: other.url, audience: 'ostiary', allowInsecure: true }
      const { body } = await server.manage('POST', root, { ...given, name: 'others' })
      const token = tokenOf(other)
      expect(await status(token)).toBe(403)
      await server.manage('DELETE', `${root}/${body.id}`)
      expect(await status(token)).toBe(401)
      await other.close()
    })
  })

  test('go on with a key that their issuer adds, and not for a second with one that it takes away', async () => {
    const [former = newKey()] = guests.keys
    const before = tokenOf(guests)
    expect(await status(before)).toBe(403)
    guests.keys = [newKey(), former]
    server.clock.offset += 1000
    expect(await status(tokenOf(guests))).toBe(403)
    guests.keys = guests.keys.slice(0, 1)
    server.clock.offset += 1000
    expect(await status(tokenOf(guests))).toBe(403)
    expect(await status(before)).toBe(401)
  })

  test('go on for ten minutes while their issuer is away', async () => {
    expect(await status(tokenOf(staff))).toBe(403)
    staff.answers.set('/keys', (response) => response.destroy())
    server.clock.offset += 9 * minuteMs
    expect(await status(tokenOf(staff))).toBe(403)
    server.clock.offset += 2 * minuteMs
    expect(await status(tokenOf(staff))).toBe(401)
    staff.answers.clear()
    server.clock.offset += 2 * minuteMs
    expect(await status(tokenOf(staff))).toBe(403)
  })

  test('are in no log line with what they are called, nor is their token', async () => {
    const name = 'Ada\u001b[31m of the log'
    await calls(tokenOf(staff, { name, sub: 'line-of-a-log' }))
    await calls(tokenOf(staff, { name, sub: 'line-of-a-log', aud: 'other' }))
    const lines = server.logged.join('')
    expect(lines).not.toContain('of the log')
    expect(lines).not.toContain('line-of-a-log')
  })
})

describeMongo('people, on several processes', () => {
  const closing: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  async function pair(settings: Record<string, string> = {}) {
    const { env, leave } = mongo.fresh()
    const dir = await mkdtemp(join(tmpdir(), 'ostiary-people-'))
    closing.push(leave, () => rm(dir, { recursive: true, force: true }))
    const one = await startTestServer({ beside: { env, dir } })
    closing.push(one.close)
    const two = await startTestServer({ beside: { env, dir }, admin: one.admin, env: settings })
    closing.push(two.close)
    return { one, two }
  }

  test('are known as the settings say, where they name an issuer that is a record too', async () => {
    const issuer = await openTestIssuer()
    closing.push(() => issuer.close())
    const given = { name: 'guests', issuer: issuer.url, audience: 'record', allowInsecure: true }
    const settled = JSON.stringify([{ ...given, audience: 'settings' }])
    const { one, two } = await pair({ OSTIARY_PEOPLE_ISSUERS: settled })
    await one.manage('POST', root, given)
    const status = async (server: TestServer, aud: string) => {
      const headers = { authorization: `Bearer ${issuer.token({ aud })}` }
      return (await server.call(root, { headers })).status
    }
    expect([await status(one, 'record'), await status(one, 'settings')]).toEqual([403, 401])
    expect([await status(two, 'record'), await status(two, 'settings')]).toEqual([401, 403])
  })

  test('are refused everywhere as soon as a process knows that their issuer is disabled', async () => {
    const { one, two } = await pair()
    const account = (await one.manage('POST', accountsPath, wanted())).body
    const issuer = await openTestIssuer()
    closing.push(() => issuer.close())
    const given = { name: 'guests', issuer: issuer.url, audience: 'ostiary', allowInsecure: true }
    const { id } = (await one.manage('POST', root, given)).body
    const headers = { authorization: `Bearer ${issuer.token()}` }
    const status = async () => (await two.call(root, { headers })).status
    // One that is not known yet is looked for before anybody is refused.
    expect(await status()).toBe(403)
    const login = async () => (await two.token(account)).status
    expect(await login()).toBe(200)
    await one.manage('PATCH', `${root}/${id}`, { state: 'disabled' })
    await one.manage('PATCH', `${accountsPath}/${account.clientId}`, { state: 'disabled' })
    // The log is read in order: who knows the later change knows the one before.
    expect(await eventually(login, (code) => code === 401)).toBe(401)
    expect(await status()).toBe(401)
  })
})
