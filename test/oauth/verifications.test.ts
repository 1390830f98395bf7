import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { readPublicKey } from '../../src/domain/credentials/public-key.ts'
import { oauthEndpoints } from '../../src/oauth/endpoint.ts'
import { paths } from '../../src/oauth/provider.ts'
import { assertionForm, jws, newJti, now, signers } from '../e2e/support/assertions.ts'
import { rsaPair } from '../support/rsa-pairs.ts'
import { account, coreOptions, endpointOptions, issuer, keyCredential, serve } from './endpoints.ts'

const verify = jest.spyOn(crypto, 'verify')
const subtle = jest.spyOn(globalThis.crypto.subtle, 'verify')
// What modules imported by name is what is counted, too.
syncBuiltinESMExports()

const owner = rsaPair('owner')
const thief = rsaPair('thief')
const large = rsaPair('owner', 4104)
const jwk = (kid: string, { publicKey } = owner) => ({
  ...publicKey.export({ format: 'jwk' }),
  kid,
})
const twenty = Array.from({ length: 20 }, (_, at) => jwk(`k${at}`))

const uri = 'https://keys.example/'
const accounts: Parameters<typeof account>[0] = new Map()
const method = 'private_key_jwt'
account(accounts, {
  clientId: 'stored',
  authMethod: method,
  credentials: twenty.map((key) => keyCredential(key)),
})
account(accounts, {
  clientId: 'large',
  authMethod: method,
  credentials: [keyCredential(jwk('k7', large))],
})
account(accounts, { clientId: 'published', authMethod: method, jwksUri: uri })

let server: Awaited<ReturnType<typeof serve>>

beforeAll(async () => {
  const options = coreOptions(accounts, {
    publishedKeys: async () => ({ ok: true, keys: twenty.map((key) => readPublicKey(key)) }),
  })
  const endpoints = oauthEndpoints(options, endpointOptions([]))
  server = await serve((request, response) => void endpoints(request, response))
})
beforeEach(() => {
  verify.mockClear()
  subtle.mockClear()
})
afterAll(async () => {
  await server.close()
  jest.restoreAllMocks()
  syncBuiltinESMExports()
})

async function login(clientId: string, kid: string | undefined, { privateKey } = thief) {
  const times = { iat: now(), exp: now() + 60 }
  const claims = { iss: clientId, sub: clientId, aud: issuer, jti: newJti(), ...times }
  const body = assertionForm(jws({ alg: 'RS256', kid }, claims, signers.RS256(privateKey)))
  const { status } = await fetch(`${server.url}${paths.token}`, { method: 'POST', body })
  return { status, verifications: verify.mock.calls.length + subtle.mock.calls.length }
}

describe('a refused login costs so many verifications, however many keys its account has', () => {
  test.each([
    ['stored', 'k7', 3],
    ['stored', 'unknown', 0],
    ['stored', undefined, 0],
    ['large', 'k7', 1],
    ['published', 'k7', 1],
    ['published', 'unknown', 0],
    ['published', undefined, 0],
  ])('%s keys, kid %s: %i', async (clientId, kid, most) => {
    expect(await login(clientId, kid)).toEqual({ status: 401, verifications: most })
  })
})

test('a good login costs one', async () => {
  expect(await login('stored', 'k7', owner)).toEqual({ status: 200, verifications: 1 })
  verify.mockClear()
  subtle.mockClear()
  expect(await login('published', 'k7', owner)).toEqual({ status: 200, verifications: 1 })
})
