import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Account } from '../../src/domain/accounts/account.ts'
import { newClientId } from '../../src/domain/ids.ts'
import { storeAway } from '../../src/domain/problem.ts'
import { oauthEndpoints } from '../../src/oauth/endpoint.ts'
import { paths } from '../../src/oauth/provider.ts'
import type { Outcome } from '../../src/oauth/report.ts'
import { assertionForm, jwkOf, jws, type Members, signers } from '../e2e/support/assertions.ts'
import { basic } from '../support/server.ts'
import {
  type Accounts,
  account,
  coreOptions,
  endpointOptions,
  issuer,
  keyCredential,
  secretCredential,
  serve,
} from './endpoints.ts'

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const thief = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const accounts: Accounts = new Map()
const outcomes: Outcome[] = []
const clientSecret = secretCredential()
let refreshed = 0
let onRefresh: () => void = () => undefined
let waitSeconds = 0
let server: Awaited<ReturnType<typeof serve>>

beforeAll(async () => {
  const core = coreOptions(accounts, {
    refresh: async () => {
      refreshed += 1
      onRefresh()
    },
  })
  const options = { ...endpointOptions(outcomes), waitSeconds: () => waitSeconds }
  const endpoints = oauthEndpoints(core, options)
  server = await serve((request, response) => void endpoints(request, response))
})
beforeEach(() => {
  refreshed = 0
  waitSeconds = 0
  onRefresh = () => undefined
})
afterAll(async () => await server.close())

async function post(body: URLSearchParams, headers: Record<string, string> = {}) {
  const answer = await fetch(`${server.url}${paths.token}`, { method: 'POST', headers, body })
  return answer.status
}

const bySecret = (clientId: string, secret = clientSecret.secret) =>
  post(new URLSearchParams({ grant_type: 'client_credentials' }), {
    authorization: basic({ clientId, clientSecret: secret }),
  })

function byKey(
  clientId: string,
  changes: { readonly claims?: Members; readonly key?: typeof thief },
) {
  const iat = Math.floor(Date.now() / 1000)
  const common = { iss: clientId, sub: clientId, aud: issuer, jti: randomUUID() }
  const claims = { ...common, iat, exp: iat + 60, ...changes.claims }
  const sign = signers.ES256(changes.key?.privateKey ?? privateKey)
  return post(assertionForm(jws({ alg: 'ES256' }, claims, sign)))
}

const secretAccount = (given: Partial<Account> = {}) =>
  account(accounts, { clientId: newClientId(), credentials: [clientSecret.credential], ...given })

const keyAccount = (given: Partial<Account> = {}) =>
  account(accounts, {
    clientId: newClientId(),
    authMethod: 'private_key_jwt',
    credentials: [keyCredential(jwkOf(publicKey))],
    ...given,
  })

/** What another process knows of an account, and this one only after it has asked. */
function knownElsewhere(made: Account, here: Partial<Account> | undefined): Account {
  if (here) accounts.set(made.clientId, { ...made, ...here })
  else accounts.delete(made.clientId)
  onRefresh = () => accounts.set(made.clientId, made)
  return made
}

const otherSecret = secretCredential().credential
const otherKey = keyCredential(jwkOf(thief.publicKey))

describe('a login that is good by what another process knows', () => {
  test.each([
    ['the account', undefined],
    ['the secret', { credentials: [otherSecret] }],
    ['that it is enabled', { state: 'disabled' }],
  ] as const)('is accepted at once by secret: %s', async (_, here) => {
    const { clientId } = knownElsewhere(secretAccount(), here)
    expect([await bySecret(clientId), refreshed]).toEqual([200, 1])
    expect(outcomes.at(-1)?.attempt.stage).toBe('granted')
  })

  test.each([
    ['the account', undefined],
    ['the key', { credentials: [otherKey] }],
    ['any key', { credentials: [] }],
    ['that it is enabled', { state: 'disabled' }],
  ] as const)('is accepted at once by assertion: %s', async (_, here) => {
    const { clientId } = knownElsewhere(keyAccount(), here)
    expect([await byKey(clientId, {}), refreshed]).toEqual([200, 1])
  })
})

describe('what other processes know', () => {
  test('is asked for once before a login is refused for want of it', async () => {
    expect([await bySecret('nobody'), refreshed]).toEqual([401, 1])
    expect([await byKey('nobody', {}), refreshed]).toEqual([401, 2])
    const { secret } = secretCredential()
    expect([await bySecret(secretAccount().clientId, secret), refreshed]).toEqual([401, 3])
    expect([await byKey(keyAccount().clientId, { key: thief }), refreshed]).toEqual([401, 4])
  })

  test('is not asked for by a good login', async () => {
    expect([await bySecret(secretAccount().clientId), refreshed]).toEqual([200, 0])
    expect([await byKey(keyAccount().clientId, {}), refreshed]).toEqual([200, 0])
  })

  test('is not asked for by a mistyped secret, whoever sends it', async () => {
    const mistyped = `${clientSecret.secret.slice(0, -1)}~`
    expect([await bySecret(secretAccount().clientId, mistyped), refreshed]).toEqual([401, 0])
    expect([await bySecret('nobody', mistyped), refreshed]).toEqual([401, 0])
  })

  test('is not asked for by a login that must wait', async () => {
    waitSeconds = 5
    expect([await bySecret('nobody'), refreshed]).toEqual([429, 0])
  })

  test('is not asked for by an assertion that nobody could log in with', async () => {
    const over = { claims: { exp: 1000 } }
    expect([await byKey('nobody', over), refreshed]).toEqual([401, 0])
    expect([await byKey(keyAccount().clientId, over), refreshed]).toEqual([401, 0])
  })

  test('changes no verdict while it cannot be had', async () => {
    onRefresh = () => {
      throw storeAway()
    }
    const { secret } = secretCredential()
    expect(await bySecret(secretAccount().clientId, secret)).toBe(401)
    expect(await byKey('nobody', {})).toBe(401)
    expect(refreshed).toBe(2)
  })
})
