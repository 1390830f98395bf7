import { generateKeyPairSync } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readPublicKey } from '../../src/domain/credentials/public-key.ts'
import { keySetReader } from '../../src/http/key-sets.ts'
import { localCertificate } from '../support/key-host.ts'

const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
const set = JSON.stringify({ keys: [jwk, { kty: 'oct', k: 'AAAA' }, null] })

let server: Server
let url: string
let hits = 0
let ca: string
let headers: Record<string, string> = {}
let body: string | Buffer = set

beforeAll(async () => {
  const { key, cert } = localCertificate()
  ca = cert
  server = createServer({ key, cert: ca }, (_request, response) => {
    hits += 1
    response.writeHead(200, headers).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `https://localhost:${typeof address === 'object' ? address?.port : 0}`
})

afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const reader = (allowPrivateAddresses = true) =>
  keySetReader({ allowPrivateAddresses, timeoutSeconds: 5, ca })

async function readWith(answer: string | Buffer, own: Record<string, string> = {}) {
  headers = own
  body = answer
  return await reader()(`${url}/keys`)
}

describe('the key sets that clients publish', () => {
  test('are read, but for what is not understood, of which it is said why', async () => {
    const { keys, skipped } = await readWith(set)
    expect(keys).toEqual([readPublicKey({ ...jwk })])
    expect(skipped).toEqual([
      'keys[1].k belongs to a private key: send only the public half',
      'keys[2] must be a JWK, which is an object',
    ])
  })

  test('may begin with a byte order mark', async () => {
    expect((await readWith(`\ufeff${set}`)).keys).toHaveLength(1)
  })

  test.each([
    ['no JSON', 'these are no keys', 'the key set is no JSON'],
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0x7b]), 'not valid for encoding utf-8'],
    ['a list', '[]', 'has no member keys that is a list'],
    ['nested too deep', `{"keys":${'['.repeat(5000)}`, 'has more than 32 levels'],
    ['too many', JSON.stringify({ keys: Array(21).fill(jwk) }), 'has 21 keys, expected at most 20'],
  ])('that are %s are refused by name', async (_kind, answer, words) => {
    await expect(readWith(answer)).rejects.toThrow(words)
  })

  test.each([
    [undefined, 60],
    ['public', 60],
    ['max-age=120', 120],
    ['public, Max-Age="120", must-revalidate', 120],
    ['s-maxage=5', 60],
    ['max-age=0', 10],
    ['no-store', 10],
    ['no-cache, max-age=600', 10],
    ['max-age=86400', 3600],
    ['max-age=99999999999999', 60],
    ['max-age=-5', 60],
  ])('that say Cache-Control: %s are fresh for %i s', async (control, seconds) => {
    const { freshSeconds } = await readWith(set, control ? { 'cache-control': control } : {})
    expect(freshSeconds).toBe(seconds)
  })

  test('that were kept on their way are fresh for as much less', async () => {
    const own = { 'cache-control': 'max-age=600', age: '500' }
    expect((await readWith(set, own)).freshSeconds).toBe(100)
  })

  test('are never fetched over plain http', async () => {
    await expect(reader()('http://localhost/keys')).rejects.toThrow('expected https')
  })

  test('are never fetched from this machine by a name or an address, unless that is allowed', async () => {
    const before = hits
    const strict = reader(false)
    await expect(strict(`${url}/keys`)).rejects.toThrow('not allowed')
    await expect(strict(`${url.replace('localhost', '127.0.0.1')}/keys`)).rejects.toThrow(
      'not allowed',
    )
    await expect(strict('https://[::1]/keys')).rejects.toThrow('not allowed')
    expect(hits).toBe(before)
  })

  // Refused for what they are: one that was called in vain would have failed as unreachable.
  test.each([
    ...['127.1', '2130706433', '0x7f000001', '0177.0.0.1', '0.0.0.0', '１２７.0.0.1', '[::]'],
    ...['[::ffff:127.0.0.1]', '[fe80::1]', '[fd00::1]', '[64:ff9b::7f00:1]', '169.254.169.254'],
    ...['10.0.0.1', '172.16.0.1', '192.168.0.1', '100.64.0.1', '168.63.129.16', '[fec0::1]'],
    ...['[::127.0.0.1]', '[64:ff9b:1::7f00:1]', '[2001::1]', '[2002:7f00:1::]'],
  ])('are never fetched from %s', async (host) => {
    await expect(reader(false)(`https://${host}/keys`)).rejects.toThrow('not allowed')
  })
})
