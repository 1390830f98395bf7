import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newClientId } from '../../../src/domain/ids.ts'
import { newSecret } from '../../../src/domain/secret.ts'
import { accountsPath } from '../../support/accounts.ts'
import { type Credentials, startTestServer, type TestServer } from '../../support/server.ts'
import { keyClient, secretClient } from '../support/accounts.ts'
import { assertionForm, assertionOf, type KeyClient } from '../support/assertions.ts'
import {
  causeOf,
  expectNothingIssued,
  expectRefusal,
  expectRefusedLogin,
  expectToken,
  grant,
  introspectPath,
  post,
  reasons,
  revokePath,
} from '../support/expectations.ts'
import { bytesOf, formType, sendRaw } from '../support/wire.ts'

const wrong = 'x'.repeat(43)

const base64 = (text: string) => Buffer.from(text).toString('base64')
const joined = ({ clientId, clientSecret }: Credentials) => `${clientId}:${clientSecret}`
const escaped = (text: string, digits = (code: string) => code.toUpperCase()) =>
  text.replace(/./gs, (char) => `%${digits(char.charCodeAt(0).toString(16).padStart(2, '0'))}`)

let server: TestServer
let clients: Credentials[]
let client: Credentials
let signer: KeyClient

beforeAll(async () => {
  server = await startTestServer({ env: { OSTIARY_OAUTH_THROTTLE_FAILURES: '0' } })
  clients = await Promise.all(Array.from({ length: 10 }, () => secretClient(server)))
  client = clients[0] ?? server.admin
  signer = await keyClient(server)
})
afterAll(async () => await server.close())

const ask = (authorization: string, form: Record<string, string> = {}) =>
  post(server, grant(form), { headers: { authorization } })

/** What only the core answers, and what is answered without it. */
const ways = [{}, { x: '1' }] as const

const encodings: readonly (readonly [string, (text: string) => string])[] = [
  ['raw', (text) => text],
  ['form-encoded', (text) => String(new URLSearchParams({ '': text })).slice(1)],
  ['with even unreserved marks encoded', (text) => text.replace(/[-._~]/g, (at) => escaped(at))],
  ['with every character encoded', (text) => escaped(text)],
  ['encoded in lower-case digits', (text) => escaped(text, (code) => code.toLowerCase())],
]

describe('generated credentials', () => {
  test.each(encodings)('log in when they are sent %s', async (_, encode) => {
    for (const { clientId, clientSecret } of clients) {
      const text = base64(`${encode(clientId)}:${encode(clientSecret)}`)
      for (const form of ways) expectToken(await ask(`Basic ${text}`, form))
    }
  })

  test('are the same text raw and form-encoded, ten thousand times', () => {
    for (let made = 0; made < 10_000; made += 1) {
      const text = `${newClientId()}:${newSecret('secret').reveal()}`
      expect(text).toMatch(/^[A-Za-z0-9\-._~]+:[A-Za-z0-9\-._~]+$/)
    }
  })

  test.each(encodings)('of an operator log in when they are sent %s', async (_, encode) => {
    const own = { clientId: 'an.operator~s_own-id', clientSecret: 'Aa0-._~Aa0-._~Aa0-._~' }
    const other = await startTestServer({
      env: {
        OSTIARY_BOOTSTRAP_CLIENT_ID: own.clientId,
        OSTIARY_BOOTSTRAP_CLIENT_SECRET: own.clientSecret,
      },
    })
    const authorization = `Basic ${base64(`${encode(own.clientId)}:${encode(own.clientSecret)}`)}`
    expectToken(await post(other, grant(), { headers: { authorization } }))
    await other.close()
  })

  test.each([
    ['percent signs', (text: string) => encodeURIComponent(text)],
    ['plus signs for spaces', (text: string) => encodeURIComponent(text).replace(/%20/g, '+')],
  ])('are decoded before they are looked up: %s', async (_, encode) => {
    const id = ':+%/&= ~? nobody'
    const answer = await ask(`Basic ${base64(`${encode(id)}:${encode(`${id} secret`)}`)}`)
    expectRefusedLogin(answer)
    expect(reasons(server, JSON.stringify(id).slice(1, -1)).at(-1)).toBe('unknown_client')
  })
})

describe('the Authorization header', () => {
  test.each(['basic', 'BASIC', 'bAsIc'])('names its scheme in any case: %s', async (scheme) => {
    for (const form of ways) expectToken(await ask(`${scheme} ${base64(joined(client))}`, form))
  })

  // RFC 9110 §11.4: credentials = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
  test('may have several spaces after its scheme', async () => {
    for (const form of ways) expectToken(await ask(`Basic   ${base64(joined(client))}`, form))
  })

  const malformed: readonly (readonly [string, (good: string) => string])[] = [
    ['Bearer', (good) => `Bearer ${good}`],
    ['Digest', () => `Digest username="${client.clientId}", response="${wrong}"`],
    ['Negotiate', (good) => `Negotiate ${good}`],
    ['a scheme that only begins like Basic', (good) => `BasicX ${good}`],
    ['the scheme alone', () => 'Basic'],
    ['the credentials alone', (good) => good],
    ['no space after the scheme', (good) => `Basic${good}`],
    ['credentials in quotes', (good) => `Basic "${good}"`],
    ['credentials that are not in base64', () => `Basic ${joined(client)}`],
    ['credentials of two', (good) => `Basic ${good}, Basic ${good}`],
    ['something after the credentials', (good) => `Basic ${good} x=1`],
    ['no colon', () => `Basic ${base64(client.clientId)}`],
    ['no id', () => `Basic ${base64(`:${client.clientSecret}`)}`],
    ['no secret', () => `Basic ${base64(`${client.clientId}:`)}`],
    ['a percent sign that encodes nothing', () => `Basic ${base64(`${joined(client)}%`)}`],
    ['percent signs that encode no UTF-8', () => `Basic ${base64(`${client.clientId}:%ff%fe`)}`],
    ['an id of 300 characters', () => `Basic ${base64(`${'i'.repeat(300)}:${wrong}`)}`],
  ]
  test.each(malformed)('logs nobody in with %s', async (_, header) => {
    const known = reasons(server, client.clientId).length
    for (const form of ways) {
      const answer = await ask(header(base64(joined(client))), form)
      expectRefusedLogin(answer)
      expect(causeOf(server, answer)).toBe('')
    }
    expect(reasons(server, client.clientId)).toHaveLength(known)
  })

  test.each([
    ['one too many', (text: string) => `${text}=`],
    ['two too many', (text: string) => `${text}==`],
  ])('tells a right secret from a wrong one by no padding of base64: %s', async (_, pad) => {
    for (const who of [client, { ...client, clientSecret: wrong }]) {
      expectRefusedLogin(await ask(`Basic ${pad(base64(joined(who)))}`))
    }
  })

  const paths = [
    ['the token endpoint', 'POST', '/api/m2m/oauth/token'],
    ['introspection', 'POST', introspectPath],
    ['revocation', 'POST', revokePath],
    ['the management API', 'GET', accountsPath],
    ['token information', 'GET', '/tokeninfo'],
  ] as const

  describe.each(paths)('at %s', (_, method, target) => {
    const body = method === 'POST' ? String(grant({ token: 'x' })) : ''
    const sent = (headers: readonly string[]) =>
      sendRaw(server, bytesOf(server, { method, target, headers: [formType, ...headers], body }))

    test.each([
      ['nothing', ''],
      ['a scheme alone', 'Bearer'],
      ['10 kB of spaces', ' '.repeat(10_000)],
      ['spaces within', `Basic${' '.repeat(10_000)}x`],
      ['bytes that are no text', 'Basic \xff\xfe'],
      ['10 kB of one word', `Basic ${'x'.repeat(10_000)}`],
    ])('is refused, and fails nothing, with %s', async (__, value) => {
      const answer = await sent([`Authorization: ${value}`])
      expect([400, 401]).toContain(answer.status)
      expectNothingIssued(answer)
    })

    test('is refused when it is there twice', async () => {
      const good = `Authorization: Basic ${base64(joined(client))}`
      const bad = `authorization: Basic ${base64(`${client.clientId}:${wrong}`)}`
      for (const headers of [
        [good, bad],
        [bad, good],
        [good, good],
      ]) {
        const answer = await sent(headers)
        expect([answer.status, answer.body.message]).toEqual([
          400,
          'authorization: must be given once',
        ])
        expectNothingIssued(answer)
      }
    })
  })
})

describe('credentials of more than one kind, or of none', () => {
  const header = ({ clientSecret } = client) =>
    `Basic ${base64(`${client.clientId}:${clientSecret}`)}`

  test('may name the same client in the body', async () => {
    for (const form of ways) {
      expectToken(await ask(header(), { client_id: client.clientId, ...form }))
    }
  })

  test('may leave the secret of the body empty: what is empty is absent (RFC 6749 §3.1)', async () => {
    expectToken(await ask(header(), { client_secret: '' }))
    const answer = await ask(header({ ...client, clientSecret: wrong }), { client_secret: '' })
    expectRefusal(answer, 401, 'invalid_client')
  })

  const mixed: readonly (readonly [string, () => Record<string, string>])[] = [
    ['another client_id', () => ({ client_id: signer.clientId })],
    ['the same secret', () => ({ client_secret: client.clientSecret })],
    ['another secret', () => ({ client_id: client.clientId, client_secret: wrong })],
    ['an assertion', () => Object.fromEntries(assertionForm(assertionOf(signer, server)))],
    ['an assertion that is none', () => ({ client_assertion: 'x' })],
  ]
  test.each(mixed)('are refused: HTTP Basic, right or wrong, with %s', async (_, form) => {
    const answers = [
      await ask(header(), form()),
      await ask(header({ ...client, clientSecret: wrong }), form()),
    ]
    for (const answer of answers) expectRefusal(answer, 400, 'invalid_request')
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  })

  const none: readonly (readonly [string, () => Record<string, string>])[] = [
    ['nothing at all', () => ({})],
    ['a client_id', () => ({ client_id: client.clientId })],
    ['the client_id of a client with a key', () => ({ client_id: signer.clientId })],
    [
      'id and secret in the body',
      () => ({ client_id: client.clientId, client_secret: client.clientSecret }),
    ],
    ['a secret in the body', () => ({ client_secret: client.clientSecret })],
    ['an empty assertion', () => ({ client_assertion: '' })],
  ]
  test.each(none)('log nobody in: %s', async (_, form) => {
    expectRefusal(await post(server, grant(form())), 401, 'invalid_client')
    expect(server.logged.join('')).not.toContain(client.clientSecret)
  })
})
