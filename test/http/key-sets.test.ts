import { generateKeyPairSync } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { fetchKeySets } from '../../src/http/key-sets.ts'
import { localCertificate } from '../support/key-host.ts'

const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })

let server: Server
let url: string
let hits = 0
let ca: string

beforeAll(async () => {
  const { key, cert } = localCertificate()
  ca = cert
  server = createServer({ key, cert }, (request, response) => {
    hits += 1
    if (request.url === '/moved') response.writeHead(302, { Location: '/keys' }).end()
    else if (request.url === '/large') response.end('x'.repeat(200_000))
    else if (request.url === '/silent') return
    else response.end(JSON.stringify({ keys: [jwk] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `https://localhost:${typeof address === 'object' ? address?.port : 0}`
})

afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function fetcher(rules: { allowPrivateAddresses?: boolean; now?: () => number } = {}) {
  const { allowPrivateAddresses = true, now = Date.now } = rules
  return fetchKeySets({ allowPrivateAddresses, timeoutSeconds: 1, now, ca })
}

describe('the key sets that clients publish', () => {
  test('are fetched over https', async () => {
    const response = await fetcher()(`${url}/keys`)
    expect(await response.json()).toEqual({ keys: [jwk] })
  })

  test.each([
    ['over plain http', () => 'http://localhost/keys'],
    ['through a redirect', () => `${url}/moved`],
    ['when they are larger than 64 KiB', () => `${url}/large`],
    ['from a server that does not answer in time', () => `${url}/silent`],
  ])('are not fetched %s', async (_title, where) => {
    await expect(fetcher()(where())).rejects.toThrow()
  })

  test('are never fetched from this machine by a name or an address, unless that is allowed', async () => {
    const before = hits
    const strict = fetcher({ allowPrivateAddresses: false })
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
    const strict = fetcher({ allowPrivateAddresses: false })
    await expect(strict(`https://${host}/keys`)).rejects.toThrow('not allowed')
  })

  test('are left alone for a minute after a failure, however often they are asked for', async () => {
    let now = 1_000_000
    const patient = fetcher({ now: () => now })
    await expect(patient(`${url}/moved`)).rejects.toThrow()
    const before = hits
    for (let flood = 0; flood < 20; flood += 1) {
      await expect(patient(`${url}/moved`)).rejects.toThrow('just now')
    }
    expect(hits).toBe(before)
    now += 60_001
    await expect(patient(`${url}/moved`)).rejects.toThrow()
    expect(hits).toBe(before + 1)
  })
})
