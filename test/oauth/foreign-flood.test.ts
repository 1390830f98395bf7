import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { hashSync } from 'bcryptjs'
import { type BcryptAnswer, BcryptChecker } from '../../src/bcrypt/checker.ts'
import { newClientId, newId } from '../../src/domain/ids.ts'
import { oauthEndpoints } from '../../src/oauth/endpoint.ts'
import { paths } from '../../src/oauth/provider.ts'
import { Throttle } from '../../src/oauth/throttle.ts'
import { basic } from '../support/server.ts'
import {
  type Accounts,
  account,
  coreOptions,
  endpointOptions,
  secretCredential,
  serve,
} from './endpoints.ts'

const allowed = 5
const bounds = { most: 12, mostOfOne: 8 }
const secret = 'as the other server made it'
const accounts: Accounts = new Map()
const checker = new BcryptChecker(bounds)
const answers: BcryptAnswer[] = []
const throttle = new Throttle(allowed, Date.now)
let server: Awaited<ReturnType<typeof serve>>

beforeAll(async () => {
  const core = coreOptions(accounts, {
    foreign: {
      costAt: () => 4,
      check: async (question) => {
        const answer = await checker.check(question)
        answers.push(answer)
        return answer
      },
    },
  })
  const options = {
    ...endpointOptions([]),
    waitSeconds: (clientId: string, address: string) => throttle.waitSeconds(clientId, address),
    onOutcome: ({ attempt }: Parameters<ReturnType<typeof endpointOptions>['onOutcome']>[0]) => {
      if (attempt.stage === 'refused' && attempt.reason === 'wrong_secret')
        throttle.refused(attempt.presented.clientId, attempt.origin.address)
    },
  }
  const endpoints = oauthEndpoints(core, options)
  server = await serve((request, response) => void endpoints(request, response))
})
afterAll(async () => {
  await server.close()
  await checker.close()
})

const imported = () =>
  account(accounts, {
    clientId: newClientId(),
    credentials: [
      {
        id: newId('credential', Date.now()),
        name: 'imported',
        createdAt: 1000,
        createdBy: 'import',
        kind: 'foreign_secret',
        bcrypt: hashSync(secret, 4),
      },
    ],
  })

async function login(clientId: string, clientSecret: string): Promise<number> {
  const answer = await fetch(`${server.url}${paths.token}`, {
    method: 'POST',
    headers: { authorization: basic({ clientId, clientSecret }) },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  await answer.arrayBuffer()
  return answer.status
}

const checks = () => answers.filter((answer) => answer !== 'busy').length

describe('a flood of wrong logins of an account whose secret another server digested', () => {
  test('costs a bounded number of checks, and holds up no login by a secret of ours', async () => {
    const { clientId } = imported()
    const { secret: ours, credential } = secretCredential()
    const other = account(accounts, { clientId: newClientId(), credentials: [credential] })
    const flood = Array.from({ length: 300 }, (_, n) => login(clientId, `wrong ${n}`))
    expect(await login(other.clientId, ours)).toBe(200)
    const statuses = new Set(await Promise.all(flood))
    expect([...statuses].filter((status) => ![401, 429, 503].includes(status))).toEqual([])
    // One runs, some wait, and as many may have taken their places before the throttle closes.
    expect(checks()).toBeLessThanOrEqual(allowed + 2 * (bounds.mostOfOne + 1))
  })

  test('costs no check while the account has to wait', async () => {
    const { clientId } = imported()
    for (let n = 0; n < allowed; n += 1) await login(clientId, `wrong ${n}`)
    const before = checks()
    for (let n = 0; n < 20; n += 1) expect(await login(clientId, `other ${n}`)).toBe(429)
    expect(checks()).toBe(before)
  })
})
