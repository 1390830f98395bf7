import { generateKeyPairSync } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { Account } from '../../src/domain/accounts/account.ts'
import { readPublicKey } from '../../src/domain/credentials/public-key.ts'
import { newClientId } from '../../src/domain/ids.ts'
import { oauthEndpoints } from '../../src/oauth/endpoint.ts'
import { paths } from '../../src/oauth/provider.ts'
import type { Outcome } from '../../src/oauth/report.ts'
import { assertionForm, jwkOf, jws, signers } from '../e2e/support/assertions.ts'
import { decoded } from '../e2e/support/expectations.ts'
import {
  type Accounts,
  account,
  coreOptions,
  endpointOptions,
  issuer,
  keyCredential,
  serve,
} from './endpoints.ts'

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const audience = 'urn:example:api'
const accounts: Accounts = new Map()
const outcomes: Outcome[] = []

/** Something that a login waits for: the test is told that it does, and lets it go on. */
interface Wait {
  readonly isReached: Promise<void>
  readonly reach: () => Promise<void>
  readonly release: () => void
}

function newWait(): Wait {
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  return {
    isReached: reached.promise,
    release: () => released.resolve(),
    reach: async () => {
      reached.resolve()
      await released.promise
    },
  }
}

const nothing = async () => undefined
let onReserve: () => Promise<void> = nothing
let onFetch: () => Promise<void> = nothing
let server: Awaited<ReturnType<typeof serve>>

beforeAll(async () => {
  // Under Jest the core misses the global of undici that its own, unused, check would hang on.
  jest.spyOn(console, 'warn').mockImplementation(() => undefined)
  const options = coreOptions(accounts, {
    reserve: async () => {
      await onReserve()
      return true
    },
    publishedKeys: async () => {
      await onFetch()
      return { ok: true, keys: [readPublicKey({ ...jwkOf(publicKey), kid: 'k' })] }
    },
  })
  const endpoints = oauthEndpoints(options, endpointOptions(outcomes))
  server = await serve((request, response) => void endpoints(request, response))
})
afterEach(() => {
  onReserve = nothing
  onFetch = nothing
})
afterAll(async () => {
  await server.close()
  jest.restoreAllMocks()
})

function newAccount(given: Partial<Account> = {}): Account {
  return account(accounts, {
    clientId: newClientId(),
    authMethod: 'private_key_jwt',
    permissions: ['console.root.view'],
    audiences: [audience],
    credentials: [keyCredential(jwkOf(publicKey))],
    ...given,
  })
}

/** Changes an account as a use case does: it is another record. */
function change(former: Account, given: Partial<Account>): void {
  accounts.set(former.clientId, { ...former, version: former.version + 1, ...given })
}

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of an answer
  readonly body: any
}

async function login(
  { clientId }: Account,
  form: Readonly<Record<string, string>>,
): Promise<Answer> {
  const iat = Math.floor(Date.now() / 1000)
  const claims = { iss: clientId, sub: clientId, aud: issuer, jti: `${iat}`, iat, exp: iat + 60 }
  const assertion = jws({ alg: 'ES256' }, claims, signers.ES256(privateKey))
  const answer = await fetch(`${server.url}${paths.token}`, {
    method: 'POST',
    body: assertionForm(assertion, form),
  })
  return { status: answer.status, body: await answer.json() }
}

const changes = [
  ['whose account is deleted', { live: false }, 'deleted_meanwhile'],
  ['whose account is disabled', { state: 'disabled' }, 'disabled_meanwhile'],
  ['whose tokens are revoked', { generation: 1 }, 'revoked_meanwhile'],
] as const

const withoutKey = { credentials: [keyCredential(jwkOf(publicKey))] }

/** A login that is held up while its account changes. */
async function changedWhile(
  wait: Wait,
  who: Account,
  how: {
    readonly given: Partial<Account>
    readonly form?: Readonly<Record<string, string>>
  },
) {
  const answer = login(who, how.form ?? {})
  await wait.isReached
  change(who, how.given)
  wait.release()
  return await answer
}

function expectRefused({ status, body }: Answer, reason: string): void {
  expect([status, body]).toEqual([401, expect.objectContaining({ error: 'invalid_client' })])
  expect(JSON.stringify(body)).not.toContain('access_token')
  expect(outcomes.at(-1)?.attempt).toMatchObject({ stage: 'refused', reason })
}

describe.each([
  ['answered at once', {}],
  ['answered by the core', { resource: audience }],
] as const)('a login that waits for its reservation, and is %s', (_, form) => {
  const held = () => {
    const wait = newWait()
    onReserve = wait.reach
    return wait
  }

  test.each(changes)('and %s meanwhile, gets no token', async (_name, given, reason) => {
    expectRefused(await changedWhile(held(), newAccount(), { given, form }), reason)
  })

  test('and whose key is removed meanwhile, gets no token', async () => {
    const answer = await changedWhile(held(), newAccount(), { given: withoutKey, form })
    expectRefused(answer, 'credential_gone_meanwhile')
  })

  test('and loses the permission it asks for meanwhile, gets no token', async () => {
    const scope = 'console.root.view'
    const how = { given: { permissions: [] }, form: { ...form, scope } }
    const { status, body } = await changedWhile(held(), newAccount(), how)
    expect([status, body.error]).toEqual([400, 'invalid_scope'])
  })

  test('and loses a permission meanwhile, gets a token without it', async () => {
    const how = { given: { permissions: [] }, form }
    const { status, body } = await changedWhile(held(), newAccount(), how)
    expect([status, decoded(body.access_token)['permissions']]).toEqual([200, []])
  })

  test('and loses the audience it asks for meanwhile, gets no token', async () => {
    const how = { given: { audiences: [] }, form: { ...form, audience } }
    const { status, body } = await changedWhile(held(), newAccount(), how)
    expect([status, body.error]).toEqual([400, 'invalid_target'])
  })

  test('and whose account changes in nothing of this meanwhile, gets its token', async () => {
    const how = { given: { description: 'another' }, form }
    const { status } = await changedWhile(held(), newAccount(), how)
    expect(status).toBe(200)
  })
})

describe('a login that waits for the keys that its account publishes', () => {
  const published = () => newAccount({ credentials: [], jwksUri: 'https://localhost/keys' })
  const held = () => {
    const wait = newWait()
    onFetch = wait.reach
    return wait
  }

  test.each(changes)('and %s meanwhile, gets no token', async (_name, given, reason) => {
    expectRefused(await changedWhile(held(), published(), { given }), reason)
  })

  test('and whose account publishes them elsewhere meanwhile, gets no token', async () => {
    const how = { given: { jwksUri: 'https://localhost/others' } }
    expectRefused(await changedWhile(held(), published(), how), 'credential_gone_meanwhile')
  })

  test('and whose account stays as it is, gets its token', async () => {
    const { status } = await changedWhile(held(), published(), { given: {} })
    expect(status).toBe(200)
  })
})
