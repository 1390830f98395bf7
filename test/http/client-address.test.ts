import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { clientAddress, siteOf } from '../../src/http/client-address.ts'
import { startTestServer } from '../support/server.ts'

function from(remoteAddress: string, forwarded?: string): IncomingMessage {
  return Object.create(null, {
    socket: { value: { remoteAddress } },
    headers: { value: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } },
  })
}

describe('the address of a client', () => {
  const proxies = ['10.0.0.0/8', '::1', '127.0.0.1']

  test.each([
    ['192.0.2.1', '198.51.100.7', '192.0.2.1'],
    ['10.1.2.3', undefined, '10.1.2.3'],
    ['10.1.2.3', '198.51.100.7', '198.51.100.7'],
    ['10.1.2.3', '203.0.113.9, 198.51.100.7', '198.51.100.7'],
    ['::ffff:10.1.2.3', '2001:db8::1', '2001:db8::1'],
    ['::1', '198.51.100.7', '198.51.100.7'],
    ['10.1.2.3', 'unknown', '10.1.2.3'],
    ['10.1.2.3', '198.51.100.7, ', '10.1.2.3'],
    ['10.1.2.3', '203.0.113.7:51234', '203.0.113.7'],
    ['10.1.2.3', '[2001:db8::7]:51234', '2001:db8::7'],
    ['10.1.2.3', '[2001:db8::7]', '2001:db8::7'],
    ['10.1.2.3', '2001:DB8:0:0::7', '2001:db8::7'],
    ['10.1.2.3', '::ffff:203.0.113.7', '203.0.113.7'],
    ['10.1.2.3', 'fe80::7%eth0', 'fe80::7'],
    ['10.1.2.3', '203.0.113.7, 10.9.9.9', '203.0.113.7'],
    ['10.1.2.3', '203.0.113.7,10.9.9.9:443, 127.0.0.1', '203.0.113.7'],
    ['10.1.2.3', '1.1.1.1, 203.0.113.7, 10.9.9.9', '203.0.113.7'],
    ['10.1.2.3', '1.1.1.1, nobody, 10.9.9.9', '10.9.9.9'],
    ['10.1.2.3', '10.8.8.8, 10.9.9.9', '10.8.8.8'],
    ['10.1.2.3', '203.0.113.7:', '10.1.2.3'],
    ['10.1.2.3', '203.0.113.07', '10.1.2.3'],
    ['10.1.2.3', '0x7f.1', '10.1.2.3'],
    ['10.1.2.3', '[2001:db8::7', '10.1.2.3'],
    ['fe80::1%eth0', '203.0.113.7', 'fe80::1'],
  ])('from %s with X-Forwarded-For %s is %s', (remote, forwarded, expected) => {
    expect(clientAddress(proxies)(from(remote, forwarded))).toBe(expected)
  })

  test.each([
    ['::ffff:10.0.0.0/104', '10.1.2.3'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['2001:db8::/32', '2001:db8:ffff::1'],
    ['0.0.0.0/0', '192.0.2.1'],
  ])('is behind a proxy in the network %s', (network, proxy) => {
    const address = clientAddress([network])
    expect(address(from(proxy, '203.0.113.7'))).toBe('203.0.113.7')
    expect(address(from('2001:db9::1', '203.0.113.7'))).toBe('2001:db9::1')
  })

  test.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
    ['', ''],
  ])('stands for one site: %j for %s', (address, site) => {
    expect(siteOf(address)).toBe(site)
  })

  test('of IPv6 changes within its /64, and the throttle counts on', async () => {
    const server = await startTestServer({ env: { OSTIARY_HTTP_TRUSTED_PROXIES: '127.0.0.1' } })
    const { clientId } = server.admin
    const login = async (address: string) => {
      const authorization = `Basic ${Buffer.from(`${clientId}:wrong`).toString('base64')}`
      const answer = await server.call('/api/m2m/oauth/token', {
        method: 'POST',
        headers: { authorization, 'x-forwarded-for': address },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      })
      return answer.status
    }
    const statuses: number[] = []
    for (let n = 1; n <= 30; n += 1) statuses.push(await login(`2001:db8::${n.toString(16)}:1`))
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(15)
    expect(await login('2001:db8:0:1::1')).toBe(401)
    await server.close()
  })

  test('is that of the socket when no proxy is trusted', () => {
    expect(clientAddress([])(from('127.0.0.1', '198.51.100.7'))).toBe('127.0.0.1')
  })

  test('behind a trusted proxy keeps a guesser from locking the owner out', async () => {
    const server = await startTestServer({ env: { OSTIARY_HTTP_TRUSTED_PROXIES: '127.0.0.1' } })
    const login = async (clientSecret: string, address: string) => {
      const { clientId } = server.admin
      const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
      const answer = await server.call('/api/m2m/oauth/token', {
        method: 'POST',
        headers: { authorization, 'x-forwarded-for': address },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      })
      return answer.status
    }
    for (let guess = 0; guess < 11; guess += 1) await login(`guess ${guess}`, '198.51.100.7')
    expect(await login('guess', '198.51.100.7')).toBe(429)
    expect(await login(server.admin.clientSecret, '203.0.113.9')).toBe(200)
    expect(server.logged.join('')).toContain('"address":"198.51.100.7"')
    await server.close()
  })
})
