import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { paths } from '../../../src/oauth/provider.ts'
import { cpuMs } from '../../support/cpu.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { keyClient } from '../support/accounts.ts'
import {
  assertionOf,
  type Changes,
  ec,
  jws,
  type KeyClient,
  login,
  newJti,
  now,
  part,
} from '../support/assertions.ts'
import { expectRefusedFor, expectRefusedLogin, expectToken } from '../support/expectations.ts'

/** Far more than a refusal costs, far less than what the bytes ask for. */
const boundCpuMs = 1000
const badSignature = /^bad_assertion: signature verification failed$/

let server: TestServer
let client: KeyClient

beforeAll(async () => {
  server = await startTestServer()
  client = await keyClient(server, { jwk: { alg: 'RS256' } })
})
afterAll(async () => await server.close())

const expectRefused = async (assertion: string, cause: string | RegExp) =>
  expectRefusedFor(server, await login(server, assertion), cause)

const changed = (changes: Changes, who = client) => assertionOf(who, server, changes)

/** Header and claims whose texts need padding, have bits to spare and both odd characters. */
function textsOf({ clientId, kid }: KeyClient): string[] {
  const claims = { iss: clientId, sub: clientId, aud: server.url, iat: now(), exp: now() + 60 }
  return [
    { alg: 'RS256', kid, x: '???>>>' },
    { ...claims, jti: `${newJti()}???>>>` },
  ].map(untidy)
}

/** A part whose bytes do not come in threes, with blanks at its end until that is so. */
function untidy(members: object): string {
  const text = JSON.stringify(members)
  return part(text.length % 3 === 0 ? `${text} ` : text)
}

function strayBits(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return `${text.slice(0, -1)}${alphabet[alphabet.indexOf(text.slice(-1)) ^ 1]}`
}

describe('the bytes of an assertion', () => {
  const parts = () => changed({}).split('.')

  test('are as they were signed', async () => {
    const [header = '', , signature = ''] = parts()
    const claims = { iss: client.clientId, sub: client.clientId, aud: server.url, jti: newJti() }
    const other = part({ ...claims, iat: now(), exp: now() + 60 })
    await expectRefused(`${header}.${other}.${signature}`, badSignature)
    const [, payload = ''] = parts()
    await expectRefused(`${part({ alg: 'RS256' })}.${payload}.${signature}`, badSignature)
  })

  test('have a signature of which no bit was flipped', async () => {
    const [header, payload, signature = ''] = parts()
    const bytes = Buffer.from(signature, 'base64url')
    for (const bit of [0, 7, 8, 1000, bytes.length * 8 - 1]) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      await expectRefused(`${header}.${payload}.${flipped.toString('base64url')}`, badSignature)
    }
    expectToken(await login(server, `${header}.${payload}.${signature}`))
  })

  const signatures: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
    ['none', () => Buffer.alloc(0)],
    ['a half', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['twice the same', (bytes) => Buffer.concat([bytes, bytes])],
    ['a byte more', (bytes) => Buffer.concat([bytes, Buffer.from([0])])],
    ['zeros', (bytes) => Buffer.alloc(bytes.length)],
  ]
  test.each(signatures)('have a whole signature, not %s', async (_, change) => {
    await expectRefused(changed({ sign: (data) => change(client.sign(data)) }), badSignature)
    const other = await keyClient(server, { alg: 'ES256', pair: ec })
    const mangled = changed({ sign: (data) => change(other.sign(data)) }, other)
    await expectRefused(mangled, badSignature)
  })

  test.each<[string, (text: string) => string]>([
    ['no signature part', (text) => text.slice(0, text.lastIndexOf('.'))],
    ['a part more', (text) => `${text}.x`],
    ['an empty part more', (text) => `${text}.`],
    ['two parts of one', () => 'a.b'],
    ['nothing but dots', () => '..'],
  ])('have three parts: %s', async (_, change) => {
    await expectRefused(change(changed({})), '')
  })

  test.each<[string, (text: string) => string]>([
    [
      'padded',
      (text) =>
        text
          .split('.')
          .map((it) => `${it}=`)
          .join('.'),
    ],
    ['of the other alphabet', (text) => `${text.slice(0, 20)}+/${text.slice(20)}`],
    ['with spaces', (text) => text.split('.').join(' . ')],
    ['with line ends', (text) => text.split('.').join('.\n')],
  ])('are refused as a login when they are in base64 %s', async (_, change) => {
    expectRefusedLogin(await login(server, change(changed({}))))
  })

  const spellings: readonly (readonly [string, (part: string) => string])[] = [
    ['padded', (part) => `${part}${'='.repeat((4 - (part.length % 4)) % 4)}`],
    ['padded beyond need', (part) => `${part}==`],
    ['with a blank', (part) => `${part.slice(0, 9)} ${part.slice(9)}`],
    ['with a line break', (part) => `${part.slice(0, 9)}\r\n${part.slice(9)}`],
    ['with a tabulator at the end', (part) => `${part}\t`],
    ['of the other alphabet', (part) => `${part}`.replaceAll('-', '+').replaceAll('_', '/')],
    ['with a character that counts for nothing', (part) => `${part.slice(0, 9)}~${part.slice(9)}`],
    ['with stray bits at the end', strayBits],
  ]
  test.each(spellings)('are refused when they were signed %s', async (_, spell) => {
    const [header = '', payload = ''] = textsOf(client)
    const pairs = [
      [spell(header), payload],
      [header, spell(payload)],
    ].filter((pair) => pair.join() !== `${header},${payload}`)
    expect(pairs).not.toEqual([])
    for (const pair of pairs) {
      const data = pair.join('.')
      const assertion = `${data}.${client.sign(data).toString('base64url')}`
      const answer = await login(server, assertion)
      expectRefusedFor(server, answer, '')
      const id = answer.headers.get('x-request-id') ?? ''
      expect(server.logged.find((line) => line.includes(id))).toContain('expected base64url parts')
    }
    const data = `${header}.${payload}`
    const signature = client.sign(data).toString('base64url')
    const last = spell(signature)
    if (last !== signature) expectRefusedLogin(await login(server, `${data}.${last}`))
    expectToken(await login(server, `${data}.${signature}`))
  })

  test.each([
    ['an extension that is unknown', { crit: ['exp'], exp: 1 }],
    ['an extension that is missing', { crit: ['nothing'] }],
    ['an empty list', { crit: [] }],
    ['a registered name', { crit: ['alg'] }],
    ['no list', { crit: 'b64' }],
    ['b64 true', { crit: ['b64'], b64: true }],
    ['b64 false', { crit: ['b64'], b64: false }],
  ])('are refused with crit of %s', async (_, header) => {
    await expectRefused(changed({ header }), /^bad_assertion/)
  })

  // RFC 7797 §6: b64 must be in crit, and a JWT must not have it false (RFC 7797 §7).
  test('are refused with b64 false outside crit', async () => {
    await expectRefused(changed({ header: { b64: false } }), /^bad_assertion/)
  })

  test.each([
    ['five parts', [part('key'), part('iv'), part('text'), part('tag')]],
    ['three parts', [part({ sub: 'x', p2c: 1 }), part('tag')]],
  ])(
    'are never decrypted: a JWE with ten million rounds of key derivation, in %s',
    async (_, rest) => {
      const header = {
        alg: 'PBES2-HS256+A128KW',
        enc: 'A128GCM',
        p2s: 'AAAA',
        p2c: 1e9,
        zip: 'DEF',
      }
      const work = async () => {
        expectRefusedLogin(await login(server, [part(header), ...rest].join('.')))
      }
      expect(await cpuMs(work)).toBeLessThan(boundCpuMs)
    },
  )

  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
  const members = {
    claims: ['aud', 'iss', 'sub', 'jti', 'exp', 'other'],
    header: ['alg', 'kid', 'typ', 'crit', 'x'],
  }
  test.each(
    [paths.token, paths.introspection, paths.revocation].flatMap((path) =>
      Object.entries(members).flatMap(([where, names]) => names.map((name) => [where, name, path])),
    ),
  )('are refused when they nest 5,000 lists: in the %s as %s at %s', async (where, name, path) => {
    const { clientId } = client
    const claims = { iss: clientId, sub: clientId, aud: server.url, jti: newJti(), exp: now() + 60 }
    const nested = (own: object) => `${JSON.stringify(own).slice(0, -1)},"${name}":${deep}}`
    const header = { alg: 'RS256' }
    const assertion =
      where === 'header'
        ? jws(nested(header), claims, client.sign)
        : jws(header, nested(claims), client.sign)
    expectRefusedLogin(await login(server, assertion, { token: 'x' }, path))
  })

  test('are refused when the header is no object', async () => {
    const claims = { sub: client.clientId }
    for (const header of ['[]', 'null', '1', '"RS256"', '', '{']) {
      await expectRefused(jws(header, claims, client.sign), '')
    }
  })
})
