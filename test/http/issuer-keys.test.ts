import { generateKeyPairSync } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { issuerKeyReader } from '../../src/http/issuer-keys.ts'
import { metadataPath, newKey, openTestIssuer, type TestIssuer } from '../support/issuer.ts'

let issuer: TestIssuer
beforeAll(async () => {
  issuer = await openTestIssuer()
})
afterAll(async () => await issuer.close())
beforeEach(() => {
  issuer.keys = [newKey()]
  issuer.metadata = {}
  issuer.answers.clear()
  issuer.asked.length = 0
})

/** Whoever answers has all the time that a busy machine takes. */
const patient = {
  allowPrivateAddresses: false,
  allowPlainLoopback: true,
  timeoutSeconds: 60,
  now: Date.now,
}
const read = (own: Partial<typeof patient> = {}) =>
  issuerKeyReader({ ...patient, ...own })(issuer.url)

type Answer = (response: ServerResponse) => void
const says =
  (text: string | Buffer): Answer =>
  (response) =>
    response.end(text)
const moves: Answer = (response) => response.writeHead(302, { Location: '/elsewhere' }).end()
const drips: Answer = (response) => {
  const timer = setInterval(() => response.write(' '), 50)
  response.on('close', () => clearInterval(timer))
}

describe('the keys of a trusted issuer', () => {
  test('are read by its metadata', async () => {
    issuer.keys = [newKey(), newKey('RS256'), newKey('ES384'), newKey('EdDSA')]
    const { keys, skipped } = await read()
    expect(keys.map(({ kid }) => kid)).toEqual(issuer.keys.map(({ kid }) => kid))
    expect(skipped).toEqual([])
    expect(issuer.asked).toEqual([metadataPath, '/keys'])
  })

  test.each<readonly [string, object, RegExp]>([
    ['names another issuer', { issuer: 'https://other.example' }, /issuer: expected http/],
    ['names itself with a slash more', { issuer: 'x/' }, /issuer: expected http/],
    ['names no issuer', { issuer: undefined }, /got nothing/],
    ['says no place of its keys', { jwks_uri: undefined }, /jwks_uri: expected a URL/],
    ['says a place that is none', { jwks_uri: 'keys' }, /jwks_uri: expected a URL/],
    ['has its keys at http elsewhere', { jwks_uri: 'http://keys.example/' }, /expected https/],
    ['has its keys at a neighbour', { jwks_uri: 'http://10.0.0.1/keys' }, /expected https/],
    ['has its keys in a cloud', { jwks_uri: 'https://169.254.169.254/' }, /not allowed/],
    ['has its keys at a secure neighbour', { jwks_uri: 'https://[::1]/keys' }, /not allowed/],
    ['has its keys in a file', { jwks_uri: 'file:///etc/passwd' }, /expected https/],
  ])('are not read when it %s', async (_what, metadata, why) => {
    issuer.metadata = { ...metadata }
    await expect(read()).rejects.toThrow(why)
  })

  describe.each([
    ['metadata', metadataPath],
    ['key set', '/keys'],
  ])('are not read when its %s', (_what, path) => {
    test.each<readonly [string, Answer, RegExp]>([
      ['is elsewhere', moves, /redirects are not followed/],
      ['is too large', says(Buffer.alloc(10_000_000, 32)), /larger than 65536 bytes/],
      ['does not come', () => undefined, /more than 0.5 s/],
      ['never ends', drips, /more than 0.5 s/],
      ['breaks off', (response) => response.destroy(), /socket hang up|closed|ECONNRESET/],
      ['is no JSON', says('<html>'), /JSON/],
      ['is no object', says('[]'), /JSON object/],
      ['is nested too deep', says('['.repeat(100)), /more than 32 levels/],
      ['is no UTF-8', says(Buffer.from([0xff, 0xfe])), /utf-8/],
      ['is an error', (response) => response.writeHead(500).end('{}'), /got 500/],
    ])('%s', async (_fault, answer, why) => {
      issuer.answers.set(path, answer)
      const own = why.source.startsWith('more than') ? { timeoutSeconds: 0.5 } : {}
      await expect(read(own)).rejects.toThrow(why)
      expect(issuer.asked).not.toContain('/elsewhere')
    })
  })

  test('are not read over http unless that was said', async () => {
    await expect(read({ allowPlainLoopback: false })).rejects.toThrow('expected https')
    expect(issuer.asked).toEqual([])
  })

  test('are not read by http of a machine that is another', async () => {
    const rules = { ...patient, allowPrivateAddresses: true }
    for (const url of ['http://people.example', 'http://10.0.0.1', 'http://127.0.0.1.example']) {
      await expect(issuerKeyReader(rules)(url)).rejects.toThrow('expected https')
    }
  })

  test('are not read when there are too many, or no list of them', async () => {
    issuer.answers.set('/keys', says(JSON.stringify({ keys: Array(51).fill({}) })))
    await expect(read()).rejects.toThrow('51 keys, expected at most 50')
    issuer.answers.set('/keys', says('{"keys":{}}'))
    await expect(read()).rejects.toThrow('no member keys that is a list')
  })

  test('are those that are good for a signature; the others are skipped, and it is said', async () => {
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey
    const [good] = issuer.keys
    const one = { ...good?.jwk }
    const members = [
      null,
      { kty: 'oct', k: 'AAAA' },
      { ...one, use: 'enc' },
      { ...one, key_ops: ['sign'] },
      { ...one, crv: 'secp256k1' },
      { ...one, x: 'AAAA' },
      { ...one, d: 'AAAA' },
      small.export({ format: 'jwk' }),
      one,
    ]
    issuer.answers.set('/keys', says(JSON.stringify({ keys: members })))
    const { keys, skipped } = await read()
    expect(keys.map(({ kid }) => kid)).toEqual([good?.kid])
    expect(skipped.map((words) => words.slice(0, 7))).toEqual(
      members.slice(0, -1).map((_, at) => `keys[${at}]`),
    )
  })

  test('are fresh for less than a second, whatever they say of themselves', async () => {
    issuer.answers.set('/keys', (response) =>
      response.writeHead(200, { 'Cache-Control': 'max-age=120' }).end('{"keys":[]}'),
    )
    expect((await read()).freshSeconds).toBeLessThan(1)
  })

  describe('are looked for', () => {
    const asked = () => issuer.asked.splice(0)
    let now = 0
    let again: () => ReturnType<typeof read>
    beforeEach(async () => {
      const reader = issuerKeyReader({ ...patient, now: () => now })
      again = () => reader(issuer.url)
      await again()
      asked()
    })

    test('where they were, for a minute', async () => {
      now += 59_000
      await again()
      expect(asked()).toEqual(['/keys'])
      now += 2000
      await again()
      expect(asked()).toEqual([metadataPath, '/keys'])
    })

    test('by the metadata when they are not there any more', async () => {
      issuer.answers.set('/keys', (response) => response.writeHead(404).end())
      await expect(again()).rejects.toThrow('404')
      asked()
      issuer.answers.clear()
      await again()
      expect(asked()).toEqual([metadataPath, '/keys'])
    })
  })
})
