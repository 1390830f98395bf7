import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { clientAddress } from '../../src/http/client-address.ts'
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
  ])('from %s with X-Forwarded-For %s is %s', (remote, forwarded, expected) => {
    expect(clientAddress(proxies)(from(remote, forwarded))).toBe(expected)
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
