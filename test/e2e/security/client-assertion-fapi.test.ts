import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startTestServer, type TestServer, tokenPath } from '../../support/server.ts'
import { keyClient } from '../support/accounts.ts'
import {
  assertionOf,
  type Changes,
  ec,
  ed,
  type KeyClient,
  login,
  type Members,
  now,
  rsa,
  signers,
} from '../support/assertions.ts'
import { causeOf, expectRefusedLogin, expectToken } from '../support/expectations.ts'

let server: TestServer
let client: KeyClient

beforeAll(async () => {
  const patience = { OSTIARY_STORAGE_MAX_STALENESS_SECONDS: '3600' }
  server = await startTestServer({ env: { OSTIARY_OAUTH_PROFILE: 'fapi', ...patience } })
  client = await keyClient(server, { alg: 'PS256' })
})
afterAll(async () => await server.close())

const send = (changes: Changes, who = client) => login(server, assertionOf(who, server, changes))

async function expectRefused(changes: Changes, cause: string, who = client): Promise<void> {
  const answer = await send(changes, who)
  expectRefusedLogin(answer)
  expect(causeOf(server, answer)).toMatch(new RegExp(`^bad_assertion: .*(${cause})`))
}

describe('the fapi profile', () => {
  test.each([
    ['PS256', { alg: 'PS256', pair: rsa }, {}],
    ['ES256', { alg: 'ES256', pair: ec }, {}],
    ['EdDSA', { alg: 'EdDSA', pair: ed }, {}],
    ['Ed25519', { alg: 'EdDSA', pair: ed }, { alg: 'Ed25519' }],
  ] as const)('accepts the signature algorithm %s', async (_, choice, header) => {
    expectToken(await send({ header }, await keyClient(server, choice)))
  })

  test('refuses RS256, whatever the key is registered for', async () => {
    const changes = { header: { alg: 'RS256' }, sign: signers.RS256(rsa.privateKey) }
    await expectRefused(changes, 'alg mismatch')
    for (const jwk of [{}, { alg: 'RS256' }]) {
      await expectRefused({}, 'alg mismatch', await keyClient(server, { alg: 'RS256', jwk }))
    }
  })

  test('names in its metadata what it accepts, and no RS256', async () => {
    const { body } = await server.call('/.well-known/oauth-authorization-server')
    for (const endpoint of ['token', 'introspection', 'revocation']) {
      const accepted = body[`${endpoint}_endpoint_auth_signing_alg_values_supported`]
      expect([...accepted].sort()).toEqual(['ES256', 'Ed25519', 'EdDSA', 'PS256'].sort())
    }
  })

  test.each<[string, (url: string) => unknown]>([
    ['a list of the issuer alone', (url) => [url]],
    ['the issuer and another server', (url) => [url, 'https://other.example']],
    ['the name that the console signs', () => 'console-client-credentials'],
    ['the token endpoint', (url) => `${url}${tokenPath}`],
    ['the issuer with a slash', (url) => `${url}/`],
    ['nothing', () => undefined],
  ])('refuses the audience %s', async (_, aud) => {
    await expectRefused({ claims: { aud: aud(server.url) } }, 'aud')
  })

  test.each(['client-authentication+jwt', 'JWT', undefined])('accepts the type %s', async (typ) => {
    expectToken(await send({ header: { typ } }))
  })

  test('refuses the type of an access token', async () => {
    await expectRefused({ header: { typ: 'at+jwt' } }, 'typ must be')
  })

  // FAPI 2.0 §5.3.2.1: clocks up to 10 seconds ahead are accepted, those beyond 60 are not.
  test.each<[string, (at: number) => Members]>([
    ['five minutes to live', (at) => ({ iat: at, exp: at + 300 })],
    ['a start 8 seconds ahead', (at) => ({ nbf: at + 8, iat: at + 8 })],
  ])('accepts %s', async (_, claims) => {
    expectToken(await send({ claims: claims(now()) }))
  })

  test.each<[string, (at: number) => Members, string]>([
    ['an hour to live', (at) => ({ iat: at, exp: at + 3600 }), 'for more than 300 s'],
    ['a second more than five minutes', (at) => ({ iat: at, exp: at + 301 }), 'more than 300 s'],
    ['an hour to live, and no iat', (at) => ({ iat: undefined, exp: at + 3600 }), '300 s'],
    ['a start 62 seconds ahead', (at) => ({ nbf: at + 62 }), 'nbf lies in the future|not active'],
    ['an iat 62 seconds ahead', (at) => ({ iat: at + 62, exp: at + 120 }), 'iat lies in the'],
    ['an end five minutes ago', (at) => ({ iat: at - 360, exp: at - 300 }), 'over|expired'],
  ])('refuses %s', async (_, claims, cause) => {
    await expectRefused({ claims: claims(now()) }, cause)
  })

  test('accepts an assertion once', async () => {
    const assertion = assertionOf(client, server)
    expectToken(await login(server, assertion))
    const answer = await login(server, assertion)
    expectRefusedLogin(answer)
    expect(causeOf(server, answer)).toMatch(/^replayed_assertion/)
  })

  test('judges by the clock of the server', async () => {
    const assertion = assertionOf(client, server)
    server.clock.offset = 120_000
    const answer = await login(server, assertion)
    server.clock.offset = 0
    expectRefusedLogin(answer)
    expect(causeOf(server, answer)).toBe('bad_assertion: exp is over')
    expectToken(await login(server, assertion))
  })

  test('lets no setting make an assertion live longer', async () => {
    const long = await startTestServer({
      env: {
        OSTIARY_OAUTH_PROFILE: 'fapi',
        OSTIARY_OAUTH_ASSERTIONS_MAX_LIFETIME_SECONDS: '86400',
        OSTIARY_OAUTH_ASSERTIONS_AUDIENCES: '["https://other.example"]',
      },
    })
    const own = await keyClient(long, { alg: 'PS256' })
    for (const claims of [{ exp: now() + 400 }, { aud: 'https://other.example' }]) {
      expectRefusedLogin(await login(long, assertionOf(own, long, { claims })))
    }
    expectToken(await login(long, assertionOf(own, long)))
    await long.close()
  })
})
