import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Account } from '../../src/domain/accounts/account.ts'
import type { ForeignSecretCredential } from '../../src/domain/credentials/credential.ts'
import { newClientId, newId } from '../../src/domain/ids.ts'
import { oauthEndpoints } from '../../src/oauth/endpoint.ts'
import type { ForeignSecrets } from '../../src/oauth/options.ts'
import { paths } from '../../src/oauth/provider.ts'
import type { Outcome } from '../../src/oauth/report.ts'
import { basic } from '../support/server.ts'
import {
  type Accounts,
  account,
  coreOptions,
  endpointOptions,
  secretCredential,
  serve,
} from './endpoints.ts'

type Question = Parameters<ForeignSecrets['check']>[0]

const accounts: Accounts = new Map()
const outcomes: Outcome[] = []
const asked: Question[] = []
const bcrypt = `$2b$10$${'a'.repeat(21)}.${'a'.repeat(30)}.`
const secret = 'as the other server made it'
let costs: readonly number[] = []
let isBusy = false
let onRefresh: () => void = () => undefined
let server: Awaited<ReturnType<typeof serve>>

beforeAll(async () => {
  const core = coreOptions(accounts, {
    refresh: async () => onRefresh(),
    foreign: {
      costAt: (place) => costs[place % costs.length],
      check: async (question) => {
        asked.push(question)
        await new Promise((resolve) => setImmediate(resolve))
        if (isBusy) return 'busy'
        return question.digest === bcrypt && question.secret === secret ? 'good' : 'bad'
      },
    },
  })
  const endpoints = oauthEndpoints(core, endpointOptions(outcomes))
  server = await serve((request, response) => void endpoints(request, response))
})
beforeEach(() => {
  costs = [10]
  isBusy = false
  asked.length = 0
  onRefresh = () => undefined
})
afterAll(async () => await server.close())

const credential = (): ForeignSecretCredential => ({
  id: newId('credential', Date.now()),
  name: 'imported',
  createdAt: 1000,
  createdBy: 'import',
  kind: 'foreign_secret',
  bcrypt,
})

const imported = (given: Partial<Account> = {}) =>
  account(accounts, { clientId: newClientId(), credentials: [credential()], ...given })

interface Way {
  readonly path?: string
  readonly scope?: string
}

async function login(clientId: string, clientSecret = secret, way: Way = {}) {
  const { path = paths.token, scope } = way
  const answer = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization: basic({ clientId, clientSecret }) },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      token: 'x',
      ...(scope !== undefined && { scope }),
    }),
  })
  const body: { readonly error?: string } = JSON.parse(await answer.text())
  return { status: answer.status, headers: answer.headers, body }
}

const reason = () => {
  const attempt = outcomes.at(-1)?.attempt
  return attempt?.stage === 'refused' ? attempt.reason : attempt?.stage
}

describe('a secret that another server digested', () => {
  test('lets its account in, with the credential that it is good for', async () => {
    const { clientId, credentials } = imported()
    expect((await login(clientId)).status).toBe(200)
    const attempt = outcomes.at(-1)?.attempt
    expect(attempt?.stage === 'granted' && attempt.proof).toMatchObject({
      credential: { id: credentials[0]?.id },
    })
  })

  test('lets its account in wherever a client proves itself', async () => {
    const { clientId } = imported()
    expect(await login(clientId, secret, { path: paths.introspection })).toMatchObject({
      status: 200,
      body: { active: false },
    })
    expect((await login(clientId, 'wrong', { path: paths.introspection })).status).toBe(401)
  })

  test('is compared before what the core judges is refused for want of it', async () => {
    const { clientId } = imported()
    const { status, body } = await login(clientId, secret, { scope: 'not.held' })
    expect([status, body.error]).toEqual([400, 'invalid_scope'])
  })

  test('that is wrong is refused like any other', async () => {
    expect([(await login(imported().clientId, 'wrong')).status, reason()]).toEqual([
      401,
      'wrong_secret',
    ])
  })

  test.each([
    ['of a disabled account', { state: 'disabled' as const }, 'account_disabled'],
    ['of a deleted account', { live: false }, 'unknown_client'],
    [
      'that a rotation has ended',
      { credentials: [{ ...credential(), expiresAt: 1000 }] },
      'expired_secret',
    ],
  ])('is refused with the true reason in the log: %s', async (_what, given, why) => {
    expect([(await login(imported(given).clientId)).status, reason()]).toEqual([401, why])
  })

  test('is good at once when another process has brought it in', async () => {
    const made = imported()
    accounts.delete(made.clientId)
    onRefresh = () => accounts.set(made.clientId, made)
    expect((await login(made.clientId)).status).toBe(200)
  })

  test('is good while the store is away', async () => {
    onRefresh = () => {
      throw new Error('the store is away')
    }
    expect((await login(imported().clientId)).status).toBe(200)
  })

  test('is checked once, until its exchange is known', async () => {
    const { clientId } = imported()
    for (let n = 0; n < 3; n += 1) expect((await login(clientId)).status).toBe(200)
    expect(asked).toHaveLength(1)
    expect((await login(clientId, 'wrong')).status).toBe(401)
  })

  test('is checked once for all who log in with it at the same moment', async () => {
    const { clientId } = imported()
    const answers = await Promise.all(Array.from({ length: 20 }, () => login(clientId)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(asked).toHaveLength(1)
  })

  test('no longer opens an account from which it was taken while it was checked', async () => {
    const made = imported()
    const replaced = { ...made, version: 2, credentials: [secretCredential().credential] }
    const check = login(made.clientId)
    while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
    accounts.set(made.clientId, replaced)
    expect((await check).status).toBe(401)
  })

  test('waits for no check when too many wait, and says when to come again', async () => {
    isBusy = true
    const { status, headers, body } = await login(imported().clientId)
    expect([status, body.error, headers.get('retry-after')]).toEqual([
      503,
      'temporarily_unavailable',
      '1',
    ])
    expect(outcomes.at(-1)?.ending.is).toBe('failed')
  })

  test('is never compared where bcrypt would not read it to its end', async () => {
    const { clientId } = imported()
    expect((await login(clientId, 'x'.repeat(73))).status).toBe(401)
    expect((await login('nobody', 'x'.repeat(73))).status).toBe(401)
    expect(asked).toEqual([])
  })
})

describe('a login that is about to be refused', () => {
  const ofOurs = () => account(accounts, { clientId: newClientId(), ...withOurs() })
  const withOurs = () => ({ credentials: [secretCredential().credential] })
  const ofKey = () =>
    account(accounts, { clientId: newClientId(), authMethod: 'private_key_jwt', credentials: [] })

  test.each([
    ['of an account that another server had', () => imported().clientId],
    ['of an account with a secret of ours', () => ofOurs().clientId],
    ['of an account with a key', () => ofKey().clientId],
    ['of nobody', () => 'nobody'],
  ])('takes the time of a check, as long as there are foreign digests: %s', async (_who, whose) => {
    expect((await login(whose(), 'wrong')).status).toBe(401)
    expect(asked.map(({ digest }) => digest.slice(0, 7))).toEqual(['$2b$10$'])
  })

  test('of nobody costs what some foreign digest costs, for one client id always the same', async () => {
    costs = [4, 12]
    const costsOf = async (clientId: string) => {
      asked.length = 0
      for (let n = 0; n < 2; n += 1) await login(clientId, `wrong ${n}`)
      return new Set(asked.map(({ digest }) => digest.slice(0, 7)))
    }
    const seen = new Set<string>()
    for (let n = 0; n < 40; n += 1) {
      const [cost = '', ...others] = await costsOf(`nobody-${n}`)
      expect(others).toEqual([])
      seen.add(cost)
    }
    expect(seen).toEqual(new Set(['$2b$04$', '$2b$12$']))
  })

  test('is checked against nothing where there are no foreign digests', async () => {
    costs = []
    expect((await login('nobody', 'wrong')).status).toBe(401)
    expect((await login(ofOurs().clientId, 'wrong')).status).toBe(401)
    expect(asked).toEqual([])
  })

  test('is told that it must wait, whoever it is of', async () => {
    isBusy = true
    for (const whose of [imported().clientId, ofOurs().clientId, ofKey().clientId, 'nobody']) {
      expect((await login(whose, 'wrong')).status).toBe(503)
    }
  })
})

test('a good secret of ours waits for no check', async () => {
  isBusy = true
  const { secret: ours, credential: known } = secretCredential()
  const both = imported({ credentials: [known, credential()] })
  expect((await login(both.clientId, ours)).status).toBe(200)
  expect(asked).toEqual([])
})

test('a wrong secret in the form of ours is compared with no foreign digest', async () => {
  expect((await login(imported().clientId, secretCredential().secret)).status).toBe(401)
  expect(asked).toEqual([])
})
