import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startTestServer, type TestServer, tokenPath } from '../../support/server.ts'
import { keyClient } from '../support/accounts.ts'
import {
  assertionForm,
  assertionOf,
  assertionType,
  type Changes,
  ec,
  jws,
  type KeyClient,
  login,
  type Members,
  newJti,
  now,
} from '../support/assertions.ts'
import {
  causeOf,
  expectNothingIssued,
  expectRefusal,
  expectRefusedLogin,
  expectToken,
  grant,
  post,
} from '../support/expectations.ts'

let server: TestServer
let client: KeyClient
let other: KeyClient

beforeAll(async () => {
  server = await startTestServer()
  client = await keyClient(server)
  other = await keyClient(server, { alg: 'ES256', pair: ec })
})
afterAll(async () => await server.close())

const send = (changes: Changes) => login(server, assertionOf(client, server, changes))

/** It is refused, and for this reason; '' when it is turned away before any login is judged. */
async function expectRefused(changes: Changes, cause: string | RegExp): Promise<void> {
  const answer = await send(changes)
  expectRefusal(answer, 401, 'invalid_client')
  if (cause === '') expect(causeOf(server, answer)).toBe('')
  else expect(causeOf(server, answer)).toMatch(cause)
}

describe('the type of an assertion', () => {
  test.each([
    'client-authentication+jwt',
    'application/client-authentication+jwt',
    'Client-Authentication+JWT',
    'JWT',
    undefined,
  ])('may be %s', async (typ) => {
    expectToken(await send({ header: { typ } }))
  })

  test.each([
    ...['at+jwt', 'dpop+jwt', 'secevent+jwt', 'logout+jwt', 'oauth-authz-req+jwt', 'JOSE'],
    ...['application/at+jwt', 'AT+JWT', 'client-authentication', 'jwt ', '', null, 1, ['JWT'], {}],
  ])('is refused when it is %j', async (typ) => {
    await expectRefused({ header: { typ } }, /^bad_assertion: typ must be/)
  })

  test('is not that of an access token, whoever signed it', async () => {
    const token = expectToken(await send({}))
    const answer = await login(server, token)
    expectRefusedLogin(answer)
    expect(causeOf(server, answer)).toMatch(/^bad_assertion/)
    const [, payload = ''] = token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const copy = { ...claims, iss: client.clientId, jti: newJti(), exp: now() + 60 }
    await expectRefused({ header: { typ: 'at+jwt' }, claims: copy }, /typ must be/)
  })
})

describe('the audience of an assertion', () => {
  test.each<[string, (url: string) => unknown]>([
    ['the issuer', (url) => url],
    ['a list of the issuer alone', (url) => [url]],
    ['the name that the console signs', () => 'console-client-credentials'],
    ['a list of that name alone', () => ['console-client-credentials']],
  ])('may be %s', async (_, aud) => {
    expectToken(await send({ claims: { aud: aud(server.url) } }))
  })

  const audiences: readonly (readonly [string, (url: string) => unknown])[] = [
    ['the token endpoint', (url) => `${url}${tokenPath}`],
    ['a list of the token endpoint', (url) => [`${url}${tokenPath}`]],
    ['the issuer and another server', (url) => [url, 'https://other.example']],
    ['another server and the issuer', (url) => ['https://other.example', url]],
    ['the issuer twice', (url) => [url, url]],
    ['the issuer and the console', (url) => [url, 'console-client-credentials']],
    ['another server', () => 'https://other.example'],
    ['the issuer with a slash', (url) => `${url}/`],
    ['the issuer over https', (url) => url.replace('http:', 'https:')],
    ['the issuer with its scheme in upper case', (url) => url.replace('http:', 'HTTP:')],
    ['the issuer by another name', (url) => url.replace('127.0.0.1', 'localhost')],
    ['the issuer by another address', (url) => url.replace('127.0.0.1', '127.1')],
    ['the issuer without its port', (url) => url.replace(/:\d+$/, '')],
    ['the issuer with a zero in its port', (url) => url.replace(/:(\d+)$/, ':0$1')],
    ['the issuer with a user', (url) => url.replace('//', '//user@')],
    ['the issuer with a query', (url) => `${url}?`],
    ['the issuer with a fragment', (url) => `${url}#`],
    ['the issuer with a space', (url) => `${url} `],
    ['a prefix of the issuer', (url) => url.slice(0, -1)],
    ['the console in upper case', () => 'CONSOLE-CLIENT-CREDENTIALS'],
    ['nothing', () => undefined],
    ['null', () => null],
    ['an empty text', () => ''],
    ['an empty list', () => []],
    ['a number', () => 1],
    ['an object', (url) => ({ 0: url, length: 1 })],
    ['a list in a list', (url) => [[url]]],
    ['true', () => true],
  ]
  test.each(audiences)('is refused when it is %s', async (_, aud) => {
    await expectRefused({ claims: { aud: aud(server.url) } }, /^bad_assertion: .*aud/)
  })

  test('is said in the log, with the setting that accepts others, and to no caller', async () => {
    const answer = await send({ claims: { aud: `${server.url}${tokenPath}` } })
    expect(answer.text).not.toContain('aud')
    const cause = causeOf(server, answer)
    expect(cause.startsWith(`bad_assertion: aud must be ${server.url}`)).toBe(true)
    expect(cause).toContain('oauth.assertions.audiences')
  })
})

describe('whom an assertion speaks for', () => {
  const parties: readonly (readonly [string, () => Members, string | RegExp])[] = [
    ['issuer is another client', () => ({ iss: other.clientId }), /^bad_assertion: .*iss/],
    ['issuer is the server', () => ({ iss: server.url }), /^bad_assertion: .*iss/],
    ['issuer is missing', () => ({ iss: undefined }), /^bad_assertion: .*iss/],
    ['issuer is a list', () => ({ iss: [client.clientId] }), /^bad_assertion: .*iss/],
    ['subject is another client', () => ({ sub: other.clientId }), /^bad_assertion: .*iss/],
    ['subject is nobody', () => ({ sub: 'nobody', iss: 'nobody' }), /^unknown_client/],
    ['subject is missing', () => ({ sub: undefined }), ''],
    ['subject is empty', () => ({ sub: '', iss: '' }), ''],
    ['subject is a list', () => ({ sub: [client.clientId] }), ''],
    ['subject is an object', () => ({ sub: { $ne: '' } }), ''],
    ['subject is 10 kB', () => ({ sub: 's'.repeat(10_000) }), ''],
  ]
  test.each(parties)('is refused when its %s', async (_, claims, cause) => {
    await expectRefused({ claims: claims() }, cause)
  })

  test('is not another client, when the key is its own', async () => {
    const { clientId } = other
    const changes = { claims: { iss: clientId, sub: clientId } }
    for (const kid of [client.kid, undefined]) {
      await expectRefused(
        { ...changes, header: { kid } },
        /^bad_assertion: .*(no applicable key|signature)/,
      )
    }
  })

  test('may be said by client_id too, and then it is the same client', async () => {
    const form = (clientId: string) => ({ client_id: clientId })
    expectToken(await login(server, assertionOf(client, server), form(client.clientId)))
    const answer = await login(server, assertionOf(client, server), form(other.clientId))
    expectRefusal(answer, 400, 'invalid_request')
  })
})

describe('the parameters around an assertion', () => {
  test.each([undefined, '', 'jwt-bearer', `${assertionType} `, assertionType.toUpperCase()])(
    'are refused with the client_assertion_type %j',
    async (type) => {
      const form = assertionForm(assertionOf(client, server))
      if (type === undefined) form.delete('client_assertion_type')
      else form.set('client_assertion_type', type)
      expectRefusal(await post(server, form), 400, 'invalid_request')
    },
  )

  test('are refused when the assertion is there twice', async () => {
    const assertion = assertionOf(client, server)
    const form = assertionForm(assertion)
    form.append('client_assertion', assertion)
    expectRefusal(await post(server, form), 400, 'invalid_request')
  })

  test('are too large with an assertion of 60 kB, and refused with one of 20 kB', async () => {
    await expectRefused({ claims: { padding: 'x'.repeat(20_000) } }, '')
    const large = await send({ claims: { padding: 'x'.repeat(60_000) } })
    expectRefusal(large, 413, 'invalid_request')
  })

  test.each(['[]', '"text"', 'null', '1', '', '{', '{"sub":"a"'])(
    'are refused when the claims are no object: %s',
    async (claims) => {
      const answer = await login(server, jws({ alg: 'RS256' }, claims, client.sign))
      expectRefusedLogin(answer)
      expect(causeOf(server, answer)).toBe('')
    },
  )

  test('may hold an assertion at introspection and revocation as well', async () => {
    const path = '/api/m2m/oauth/introspect'
    const body = assertionForm(assertionOf(client, server), { token: 'x' })
    const answer = await post(server, body, { path })
    expect([answer.status, answer.body]).toEqual([200, { active: false }])
    expectNothingIssued(answer)
    expectRefusal(await post(server, grant({ token: 'x' }), { path }), 401, 'invalid_client')
  })
})
