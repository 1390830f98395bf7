import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { keyClient } from '../support/accounts.ts'
import {
  assertionOf,
  type KeyClient,
  login,
  type Members,
  newJti,
  now,
} from '../support/assertions.ts'
import { causeOf, expectRefusedLogin, expectToken } from '../support/expectations.ts'

let server: TestServer
let client: KeyClient

beforeAll(async () => {
  server = await startTestServer()
  client = await keyClient(server)
})
afterAll(async () => await server.close())

const send = (claims: Members) => login(server, assertionOf(client, server, { claims }))

async function expectRefused(claims: Members, cause: RegExp): Promise<void> {
  const answer = await send(claims)
  expectRefusedLogin(answer)
  expect(causeOf(server, answer)).toMatch(cause)
}

describe('the times of an assertion', () => {
  test.each<[string, (at: number) => Members]>([
    ['an end within the tolerance', (at) => ({ iat: at - 60, exp: at - 4 })],
    ['a start within the tolerance', (at) => ({ nbf: at + 8, iat: at + 8 })],
    ['no iat', () => ({ iat: undefined })],
    ['an hour to live', (at) => ({ iat: at, exp: at + 3600 })],
    ['an hour to live, and no iat', (at) => ({ iat: undefined, exp: at + 3600 })],
    ['an end with a fraction', (at) => ({ exp: at + 60.5 })],
    ['fractions everywhere', (at) => ({ iat: at + 0.25, nbf: at + 0.25, exp: at + 0.75 })],
    ['an hour and a part of a second to live', (at) => ({ iat: at, exp: at + 3600.9 })],
    ['an hour and a part to live, and no iat', (at) => ({ iat: undefined, exp: at + 3600.9 })],
  ])('may have %s', async (_, claims) => {
    expectToken(await send(claims(now())))
  })

  const over = 'exp is over|jwt expired'
  const noTime = 'must be a time in|expiration must be|invalid (exp|iat|nbf) value'
  const long = 'lives for more than 3600 s'
  const order = 'exp must be later than'
  const times: readonly (readonly [string, (at: number) => Members, string])[] = [
    ['an end five minutes ago', (at) => ({ iat: at - 360, exp: at - 300 }), over],
    ['an end just before the tolerance', (at) => ({ iat: at - 60, exp: at - 10 }), over],
    ['no exp', () => ({ exp: undefined }), noTime],
    ['exp null', () => ({ exp: null }), noTime],
    ['exp in text', (at) => ({ exp: String(at + 60) }), noTime],
    ['a negative exp', () => ({ exp: -1 }), `${noTime}|${over}`],
    ['exp zero', () => ({ exp: 0 }), noTime],
    ['an exp beyond all numbers', () => ({ exp: 1e308 }), noTime],
    ['exp in a list', (at) => ({ exp: [at + 60] }), noTime],
    ['exp in an object', (at) => ({ exp: { $gt: at } }), noTime],
    ['exp true', () => ({ exp: true }), noTime],
    ['exp in milliseconds', (at) => ({ exp: (at + 60) * 1000 }), noTime],
    ['ten years to live', (at) => ({ exp: at + 10 * 365 * 86_400 }), long],
    ['ten years to live, and no iat', (at) => ({ iat: undefined, exp: at + 315_360_000 }), long],
    ['a second more than an hour to live', (at) => ({ iat: at, exp: at + 3601 }), long],
    ['an iat a day ago', (at) => ({ iat: at - 86_400 }), long],
    ['a start 62 seconds ahead', (at) => ({ nbf: at + 62 }), 'nbf lies in the future|not active'],
    [
      'an iat 62 seconds ahead',
      (at) => ({ iat: at + 62, exp: at + 120 }),
      'iat lies in the future',
    ],
    [
      'an iat an hour ahead',
      (at) => ({ iat: at + 3600, exp: at + 3660 }),
      'iat lies in the future',
    ],
    ['an end at its iat', (at) => ({ iat: at, exp: at }), `${order} iat`],
    ['an end before its iat', (at) => ({ iat: at + 5, exp: at + 2 }), `${order} iat`],
    [
      'an end a part of a second before its iat',
      (at) => ({ iat: at + 0.5, exp: at + 0.25 }),
      order,
    ],
    ['an end at its nbf', (at) => ({ nbf: at + 5, exp: at + 5 }), `${order} nbf`],
    ['an end before its nbf', (at) => ({ iat: at - 60, nbf: at + 5, exp: at + 2 }), `${order} nbf`],
    ['iat in text', (at) => ({ iat: String(at) }), noTime],
    ['a negative iat', () => ({ iat: -1 }), noTime],
    ['iat null', () => ({ iat: null }), noTime],
    ['nbf in text', (at) => ({ nbf: String(at) }), noTime],
    ['nbf true', () => ({ nbf: true }), noTime],
  ]
  test.each(times)('are refused with %s', async (_, claims, cause) => {
    await expectRefused(claims(now()), new RegExp(`^bad_assertion: .*(${cause})`))
  })
})

describe('the jti of an assertion', () => {
  test.each([
    [128, 'j'],
    [1, 'j'],
    [64, 'é'],
  ])('may have %i characters of %s', async (length, of) => {
    expectToken(await send({ jti: `${newJti()}${of.repeat(128)}`.slice(-length) }))
  })

  test.each([
    ...[undefined, null, '', 0, 1, true, { $gt: '' }, ['j'], 'j'.repeat(129), 'j'.repeat(8000)],
  ])('is refused when it is no text of at most 128 characters: %#', async (jti) => {
    await expectRefused({ jti }, /^bad_assertion: .*jti/)
  })
})
