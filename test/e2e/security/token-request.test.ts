import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { cpuMs } from '../../support/cpu.ts'
import {
  basic,
  type Credentials,
  startTestServer,
  type TestServer,
  tokenPath,
} from '../../support/server.ts'
import { secretClient } from '../support/accounts.ts'
import {
  decoded,
  expectRefusal,
  expectToken,
  grant,
  introspectPath,
  post,
  revokePath,
} from '../support/expectations.ts'
import { bytesOf, formType, sendRaw } from '../support/wire.ts'

const view = 'console.root.view'
const limitBytes = 48 * 1024
/** Far more than a refusal costs, far less than a search that grows with the square of the words. */
const boundCpuMs = 1000

let server: TestServer
let client: Credentials
let headers: { authorization: string }

beforeAll(async () => {
  server = await startTestServer()
  client = await secretClient(server, { permissions: [view] })
  headers = { authorization: basic(client) }
})
afterAll(async () => await server.close())

const ask = (form: string | Record<string, string>, more: Record<string, string> = {}) =>
  post(server, typeof form === 'string' ? form : new URLSearchParams(form), {
    headers: { ...headers, ...more },
  })

describe('a token request', () => {
  test.each([
    ['no grant_type', ''],
    ['an empty grant_type', 'grant_type='],
    ['another parameter alone', 'scope=console.root.view'],
  ])('is refused with %s (B01)', async (_, form) => {
    expectRefusal(await ask(form), 400, 'invalid_request')
  })

  test.each([
    'password', // B04
    'authorization_code',
    'refresh_token',
    'implicit',
    'urn:ietf:params:oauth:grant-type:device_code',
    'urn:openid:params:grant-type:ciba',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'urn:ietf:params:oauth:grant-type:saml2-bearer',
    'urn:ietf:params:oauth:grant-type:token-exchange',
    'Client_Credentials',
    'client_credentials ',
    '__proto__',
    'constructor',
  ])('is refused for the grant %s (B05)', async (grantType) => {
    const more = { username: 'u', password: 'p', code: 'c', refresh_token: 'r', assertion: 'a' }
    const answer = await ask({ grant_type: grantType, ...more })
    expectRefusal(answer, 400, 'unsupported_grant_type')
  })

  test.each([
    ['grant_type', 'grant_type=client_credentials&grant_type=client_credentials'],
    ['grant_type', 'grant_type=client_credentials&grant_type=password'],
    ['scope', `grant_type=client_credentials&scope=${view}&scope=${view}`],
    ['audience', 'grant_type=client_credentials&audience=a&audience=b'],
    ['client_id', 'grant_type=client_credentials&client_id=a&client_id=a'],
    ['a name that nobody knows', 'grant_type=client_credentials&x%5B%5D=1&x%5B%5D=2'],
  ])('is refused when it gives %s twice (B08)', async (_, form) => {
    expectRefusal(await ask(form), 400, 'invalid_request')
  })
})

/** What many clients send: an empty field of a form, or a default that nobody looked at. */
describe('a parameter without a value', () => {
  test.each([
    'client_secret',
    'client_assertion',
    'client_assertion_type',
    'client_id',
    'scope',
    'audience',
    'resource',
    'x',
    '',
  ])('counts as left out: %s (RFC 6749 §3.1)', async (name) => {
    const form = String(grant())
    for (const body of [`${form}&${name}=`, `${name}=&${form}`, `${form}&${name}=&${name}=`]) {
      expectToken(await ask(body))
      // Beside one that only the core reads, it is the core that must not see it.
      expectToken(await ask(`${body}&resource=${encodeURIComponent(server.url)}`))
    }
  })

  test('does not stand in for one that is needed, and is no second one', async () => {
    expectRefusal(await ask('grant_type=&x=y'), 400, 'invalid_request')
    expectToken(await ask(`${grant()}&grant_type=`))
    const { authorization: _, ...none } = { ...headers }
    const answer = await post(server, `${grant()}&client_secret=`, { headers: none })
    expectRefusal(answer, 401, 'invalid_client')
    expect(answer.body.message).toContain('expected HTTP Basic or a client_assertion')
  })

  test('counts as left out at introspection and revocation too', async () => {
    const token = expectToken(await ask(String(grant())))
    const form = `token=${token}&token_type_hint=&client_secret=&x=`
    const inspected = await post(server, form, { path: introspectPath, headers })
    expect([inspected.status, inspected.body.active]).toEqual([200, true])
    expect((await post(server, form, { path: revokePath, headers })).status).toBe(200)
    const empty = await post(server, 'token=', { path: introspectPath, headers })
    expectRefusal(empty, 400, 'invalid_request')
  })
})

describe('a scope', () => {
  test.each([' ', '   ', ` ${view}`, `${view} `, `${view}  ${view}`, `${view}\t`, '"', 'a\\b'])(
    'of odd blanks or characters is malformed: %j (RFC 6749 App. A.4)',
    async (scope) => {
      for (const form of [grant({ scope }), grant({ scope, x: '1' })]) {
        const answer = await ask(String(form))
        expectRefusal(answer, 400, 'invalid_scope')
        expect(answer.body.message).toContain('scope: expected')
      }
    },
  )

  test('that is empty counts as left out', async () => {
    const claims = decoded(expectToken(await ask(`${grant()}&scope=`)))
    expect([claims['scope'], claims['permissions']]).toEqual([undefined, [view]])
  })

  test.each([
    ['nobody knows', 'console.root.nothing'],
    ['the client does not hold', 'console.root.user.manage'],
    ['is held only in part', `${view} console.root.user.manage`],
    ['differs in case', view.toUpperCase()],
    ['is a prefix of one that is held', 'console.root'],
    ['is a pattern', 'console.root.*'],
  ])('that %s fails the whole request (B15)', async (_, scope) => {
    for (const form of [grant({ scope }), grant({ scope, x: '1' })]) {
      expectRefusal(await ask(String(form)), 400, 'invalid_scope')
    }
  })

  test('unknown and one not held are refused in the same words (B15)', async () => {
    const answers = await Promise.all(
      ['no.such.scope', 'console.root.user.manage'].map((scope) => ask(String(grant({ scope })))),
    )
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  })

  test('narrows the token to what was asked', async () => {
    const claims = decoded(expectToken(await ask(String(grant({ scope: `${view} ${view}` })))))
    expect(claims).toMatchObject({ permissions: [view], scope: view })
  })

  test.each([
    ['40 000 characters', 'x'.repeat(40_000)],
    ['20 000 words', 'x '.repeat(20_000)],
    ['one held permission, 2 000 times', `${view} `.repeat(2000)],
  ])('of %s costs next to nothing to refuse (B19)', async (_, scope) => {
    const work = async () => {
      expectRefusal(await ask(String(grant({ scope }))), 400, 'invalid_scope')
    }
    expect(await cpuMs(work)).toBeLessThan(boundCpuMs)
  })

  test('of 50 000 characters is refused as too large a request (B19)', async () => {
    expectRefusal(await ask(String(grant({ scope: 'x'.repeat(50_000) }))), 413, 'invalid_request')
  })
})

describe('an audience', () => {
  test.each([
    { resource: 'https://unknown.example/' },
    { resource: 'https://another-company.example/api' },
    { audience: 'unknown' },
    { audience: '*' },
  ])('that the client may not have is refused: %j (B25)', async (form) => {
    expectRefusal(await ask(String(grant(form))), 400, 'invalid_target')
  })

  test('unknown and one of another account are refused in the same words (B25)', async () => {
    const theirs = 'https://theirs.example/'
    await secretClient(server, { audiences: [theirs] })
    for (const name of ['resource', 'audience']) {
      const answers = await Promise.all(
        [theirs, 'https://nobody.example/'].map((value) => ask(String(grant({ [name]: value })))),
      )
      expect(answers.map(({ status }) => status)).toEqual([400, 400])
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    }
  })
})

describe('a form', () => {
  test('of 2 000 parameters is refused, wherever the needed ones are (B28)', async () => {
    const many = Array.from({ length: 2000 }, (_, index) => `p${index}=1`).join('&')
    for (const form of [`${many}&${grant()}`, `${grant()}&${many}`]) {
      expectRefusal(await ask(form), 400, 'invalid_request')
    }
  })

  test.each([
    'application/x-www-form-urlencoded; charset=utf-16',
    'application/x-www-form-urlencoded;charset="utf-7"',
  ])('in another charset is refused: %s (B32)', async (type) => {
    expectRefusal(await ask(String(grant()), { 'content-type': type }), 415, 'invalid_request')
  })

  test.each(['ISO-8859-1', 'us-ascii', 'utf8', '"utf-8"', 'latin1', 'windows-1252'])(
    'in charset %s is read when it is ASCII, as two of Apache’s clients send it',
    async (charset) => {
      const type = `application/x-www-form-urlencoded; charset=${charset}`
      expectToken(await ask(String(grant()), { 'content-type': type }))
      expectToken(await ask(String(grant({ x: 'y' })), { 'content-type': type }))
    },
  )

  test('in charset ISO-8859-1 is refused when it is not ASCII', async () => {
    const type = 'application/x-www-form-urlencoded; charset=ISO-8859-1'
    const body = Buffer.from(`${grant()}&x=\xe4`, 'latin1')
    const answer = await post(server, body, { headers: { ...headers, 'content-type': type } })
    expectRefusal(answer, 415, 'invalid_request')
  })

  test.each([
    'application/json',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded-not',
    'nonsense',
  ])('of another media type is refused: %s (B33)', async (type) => {
    expectRefusal(await ask(String(grant()), { 'content-type': type }), 415, 'invalid_request')
  })

  test.each([
    ['really', gzipSync(String(grant()))],
    ['by name only', Buffer.from(String(grant()))],
    ['and a thousand times larger than it looks', gzipSync(`x=${'0'.repeat(5_000_000)}`)],
  ])('that is compressed %s is refused (B34)', async (_, body) => {
    const answer = await post(server, body, { headers: { ...headers, 'content-encoding': 'gzip' } })
    expectRefusal(answer, 415, 'invalid_request')
  })

  test('in UTF-8 is accepted, said or not', async () => {
    for (const charset of ['', '; charset=utf-8', ';charset="UTF-8"']) {
      const type = `application/x-www-form-urlencoded${charset}`
      expectToken(await ask(String(grant()), { 'content-type': type }))
    }
  })

  const padded = (bytes: number) => `${grant()}&x=`.padEnd(bytes, '0')

  test.each([
    ['the token endpoint', tokenPath],
    ['introspection', introspectPath],
    ['revocation', revokePath],
  ])('just above the limit is too large for %s (B35)', async (_, path) => {
    const answer = await post(server, padded(limitBytes + 1), { path, headers })
    expectRefusal(answer, 413, 'invalid_request')
    expect(answer.headers.get('connection')).toBe('close')
  })

  test('just below the limit is read (B35)', async () => {
    expectToken(await ask(padded(limitBytes)))
  })

  test('in chunks is too large as soon as the limit is passed (B35)', async () => {
    const chunk = `1000\r\n${'x'.repeat(4096)}\r\n`.repeat(13)
    const lines = [
      formType,
      'Transfer-Encoding: chunked',
      `Authorization: ${headers.authorization}`,
    ]
    const head = bytesOf(server, { target: tokenPath, headers: lines })
    const answer = await sendRaw(server, `${head}${chunk}0\r\n\r\n`)
    expectRefusal(answer, 413, 'invalid_request')
  })

  test.each([
    '__proto__',
    'constructor',
    'prototype',
    'hasOwnProperty',
    '__proto__[scope]',
    'constructor.prototype.scope',
  ])('with the key %s changes nothing for anybody (B38)', async (name) => {
    const before = decoded(expectToken(await ask(String(grant()))))
    const odd = decoded(
      expectToken(await ask(String(grant({ [name]: 'console.root.user.manage' })))),
    )
    const after = decoded(expectToken(await ask(String(grant()))))
    expect(Object.keys(odd)).toEqual(Object.keys(before))
    expect(Object.keys(after)).toEqual(Object.keys(before))
    expect(Reflect.get({}, 'scope')).toBeUndefined()
  })

  test.each([
    'client_id[$ne]=x&client_secret[$ne]=x',
    'client_id[$gt]=&client_secret[$gt]=',
    'client_id[]=x&client_assertion[]=y',
  ])('with operators in its names logs nobody in: %s (B39)', async (form) => {
    const answer = await post(server, `${grant()}&${form}`)
    expectRefusal(answer, 401, 'invalid_client')
  })
})
