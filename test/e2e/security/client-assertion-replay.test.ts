import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { judgeAssertion } from '../../../src/oauth/assertions.ts'
import { accountsPath, wanted } from '../../support/accounts.ts'
import { type Answer, startTestServer, type TestServer, tokenPath } from '../../support/server.ts'
import { onEachStore, type TestStore } from '../../support/stores.ts'
import { form, newFolder, start, stop } from '../server-process.ts'
import { keyClient } from '../support/accounts.ts'
import {
  assertionForm,
  assertionOf,
  type Changes,
  ec,
  jwkOf,
  type KeyClient,
  login,
  newJti,
  now,
} from '../support/assertions.ts'
import {
  causeOf,
  expectRefusedLogin,
  expectToken,
  introspectPath,
  post,
} from '../support/expectations.ts'

const used = 'replayed_assertion: '
/** The order of P-256 (SEC 2 §2.4.2): with s, order - s signs as well. */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** One answer of all is a token, and every other one is refused as a replay. */
function expectOneToken(answers: readonly (readonly [TestServer, Answer])[]): void {
  const refused = answers.filter(([, { status }]) => status !== 200)
  expect(answers.length - refused.length).toBe(1)
  for (const [server, answer] of refused) {
    expectRefusedLogin(answer)
    expect(causeOf(server, answer)).toBe(used)
  }
}

function expectReplay(server: TestServer, answer: Answer): void {
  expectRefusedLogin(answer)
  expect(causeOf(server, answer)).toBe(used)
}

onEachStore('an assertion', (store) => {
  // One audience for all servers on one store, wherever each of them listens.
  const signed = (client: KeyClient, changes: Changes = {}) =>
    assertionOf(client, { url: 'console-client-credentials' }, changes)
  let fresh: ReturnType<TestStore['fresh']>
  let dir: string
  let server: TestServer
  let client: KeyClient

  beforeAll(async () => {
    fresh = store.fresh()
    dir = await mkdtemp(join(tmpdir(), 'ostiary-replay-'))
    server = await startTestServer({ beside: { env: fresh.env, dir } })
    client = await keyClient(server, { alg: 'ES256', pair: ec })
  })
  afterAll(async () => {
    await server.close()
    await fresh.leave()
    await rm(dir, { recursive: true, force: true })
  })

  test('logs in once', async () => {
    const assertion = signed(client)
    expectToken(await login(server, assertion))
    for (let count = 0; count < 3; count += 1) {
      expectReplay(server, await login(server, assertion))
    }
  })

  test('that is signed anew with a jti that was used is refused', async () => {
    const jti = newJti()
    expectToken(await login(server, signed(client, { claims: { jti } })))
    for (const claims of [
      { jti },
      { jti, exp: now() + 600 },
      { jti, aud: ['console-client-credentials'] },
    ]) {
      expectReplay(server, await login(server, signed(client, { claims })))
    }
    expectToken(await login(server, signed(client, { claims: { jti: jti.toUpperCase() } })))
  })

  test('is used in its other spellings as well: the twin of its signature, its last bits', async () => {
    const assertion = signed(client)
    const [header, payload, signature = ''] = assertion.split('.')
    expectToken(await login(server, assertion))
    const bytes = Buffer.from(signature, 'base64url')
    const twin = order - BigInt(`0x${bytes.toString('hex', 32)}`)
    bytes.write(twin.toString(16).padStart(64, '0'), 32, 'hex')
    expectReplay(server, await login(server, `${header}.${payload}.${bytes.toString('base64url')}`))
    // The last character of 64 bytes holds four bits that count for nothing.
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const other = last[last.indexOf(signature.slice(-1)) ^ 1]
    expectRefusedLogin(await login(server, `${assertion.slice(0, -1)}${other}`))
  })

  test('that was used at one endpoint is refused at another', async () => {
    const assertion = signed(client)
    const path = introspectPath
    const first = await post(server, assertionForm(assertion, { token: 'x' }), { path })
    expect([first.status, first.body]).toEqual([200, { active: false }])
    expectReplay(server, await login(server, assertion))
  })

  test('that was refused for its claims, or was forged, spends no jti', async () => {
    const jti = newJti()
    const bad: readonly Changes[] = [
      { claims: { jti, aud: 'https://other.example' } },
      { claims: { jti }, header: { typ: 'at+jwt' } },
      { claims: { jti }, sign: () => Buffer.alloc(64, 7) },
    ]
    for (const changes of bad) {
      const answer = await login(server, signed(client, changes))
      expectRefusedLogin(answer)
      expect(causeOf(server, answer)).toMatch(/^bad_assertion/)
    }
    expectToken(await login(server, signed(client, { claims: { jti } })))
  })

  test.each([20, 100, 500])('sent %i times at once logs in exactly once', async (times) => {
    const assertion = signed(client)
    const answers = await Promise.all(
      Array.from({ length: times }, async () => [server, await login(server, assertion)] as const),
    )
    expectOneToken(answers)
  })

  test('of a jti that another client used logs in all the same', async () => {
    const other = await keyClient(server, { alg: 'ES256', pair: ec })
    const jti = newJti()
    for (const who of [client, other]) {
      expectToken(await login(server, signed(who, { claims: { jti } })))
      expectReplay(server, await login(server, signed(who, { claims: { jti } })))
    }
  })

  // One process at a time may use a SQLite file.
  if (store.name === 'MongoDB')
    test('sent to two servers on one store at once logs in exactly once', async () => {
      const second = await startTestServer({ beside: { env: fresh.env, dir } })
      try {
        const assertion = signed(client)
        const answers = await Promise.all(
          Array.from({ length: 100 }, async (_, index) => {
            const at = index % 2 === 0 ? server : second
            return [at, await login(at, assertion)] as const
          }),
        )
        expectOneToken(answers)
        for (const at of [server, second]) expectReplay(at, await login(at, assertion))
      } finally {
        await second.close()
      }
    })

  test('is still used after all servers have stopped and one has started again', async () => {
    const spent = signed(client, { claims: { exp: now() + 3000 } })
    const unspent = signed(client, { claims: { exp: now() + 3000 } })
    expectToken(await login(server, spent))
    await server.close()
    server = await startTestServer({ beside: { env: fresh.env, dir } })
    expectReplay(server, await login(server, spent))
    expectToken(await login(server, unspent))
    expectReplay(server, await login(server, unspent))
  })

  test('is still used after the server was killed and has started again', async () => {
    const [folder, own] = [await newFolder(), store.fresh()]
    const killed = await start(folder, own.env)
    const { clientId } = (
      await killed.manage(
        await killed.root(),
        'POST',
        accountsPath,
        wanted({ tokenEndpointAuthMethod: 'private_key_jwt', publicKey: jwkOf(ec.publicKey) }),
      )
    ).body
    const who: KeyClient = { ...client, clientId }
    const lasting = signed(who, { header: { kid: undefined }, claims: { exp: now() + 3000 } })
    const call = {
      ...form(Object.fromEntries(assertionForm(lasting))),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }
    expect((await killed.call(tokenPath, call)).status).toBe(200)
    killed.child.kill('SIGKILL')
    await killed.exit
    const again = await start(folder, own.env)
    const answer = await again.call(tokenPath, call)
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
    await again.says(/"reason":"replayed_assertion"/)
    await stop(again)
    await own.leave()
  })

  test('is remembered until it has ended, tolerance included', async () => {
    const exp = now() + 300
    const assertion = signed(client, { claims: { exp } })
    expectToken(await login(server, assertion))
    server.clock.stoppedAt = (exp + 10) * 1000 - 1
    expectReplay(server, await login(server, assertion))
    server.clock.stoppedAt = (exp + 10) * 1000
    const late = await login(server, assertion)
    expectRefusedLogin(late)
    expect(causeOf(server, late)).toBe('bad_assertion: exp is over')
    server.clock.stoppedAt = undefined
  })
})

describe('the replay id of an assertion', () => {
  const rules = {
    issuer: 'https://issuer.example',
    audiences: [],
    maxLifetimeSeconds: 60,
    clockToleranceSeconds: 0,
    isFapi: true,
    restoredAt: () => undefined,
  }
  const idOf = (client: string, jti: string) => {
    const claims = { iss: client, sub: client, jti, aud: rules.issuer, iat: 100, exp: 160 }
    const verdict = judgeAssertion({ claims, header: {} }, rules, 100)
    return verdict.ok ? verdict.replayId : verdict.why
  }

  test('is shared by no two pairs of client and jti that read the same when joined', () => {
    const pairs = [
      ['a', 'bc'],
      ['ab', 'c'],
      ['a', 'b c'],
      ['a b', 'c'],
      ['a', 'b.c'],
      ['a.b', 'c'],
    ] as const
    expect(new Set(pairs.map(([client, jti]) => idOf(client, jti))).size).toBe(pairs.length)
    expect(idOf('a', 'bc')).toBe(idOf('a', 'bc'))
  })
})
