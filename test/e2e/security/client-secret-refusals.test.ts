import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { accountsPath } from '../../support/accounts.ts'
import {
  basic,
  type Credentials,
  startTestServer,
  type TestServer,
  tokenPath,
} from '../../support/server.ts'
import { keyClient, secretClient } from '../support/accounts.ts'
import {
  causeOf,
  expectRefusedLogin,
  expectToken,
  grant,
  introspectPath,
  reasons,
  revokePath,
} from '../support/expectations.ts'
import { bytesOf, formType, sendRaw, type WireAnswer, withoutStamps } from '../support/wire.ts'

const wrong = 'x'.repeat(43)
const patient = { OSTIARY_STORAGE_MAX_STALENESS_SECONDS: '3600' }

interface Way {
  readonly path?: string
  readonly from?: string
  readonly headers?: readonly string[]
}

/** Asks for a token, byte by byte. */
function ask(server: TestServer, who: Credentials, way: Way = {}): Promise<WireAnswer> {
  const { path: target = tokenPath, from = '127.0.0.1', headers: more = [] } = way
  const headers = [formType, `Authorization: ${basic(who)}`, ...more]
  const body = String(grant({ token: 'x' }))
  return sendRaw(server, bytesOf(server, { target, headers, body }), { from })
}

/** The same id with a secret that nobody has. */
const guess = ({ clientId }: Credentials) => ({ clientId, clientSecret: wrong })

/** The sum of what is counted for each name. */
function tallied(counts: readonly (readonly [string, number])[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const [name, count] of counts) sums[name] = (sums[name] ?? 0) + count
  return sums
}

describe('a refused secret', () => {
  let dir: string
  let server: TestServer
  const refused: (readonly [string, Credentials, string])[] = []

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ostiary-refused-'))
    const env = { ...patient, OSTIARY_OAUTH_THROTTLE_FAILURES: '0' }
    server = await startTestServer({ beside: { env, dir } })
    const [plain, disabled, deleted, rotated] = await Promise.all(
      Array.from({ length: 4 }, () => secretClient(server)),
    )
    if (!plain || !disabled || !deleted || !rotated) throw new Error('expected four accounts')
    const expiring = await secretClient(server, {
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
    })
    for (const who of [plain, disabled, deleted, rotated, expiring]) {
      expectToken(await server.token(who))
    }
    const signer = await keyClient(server)
    const at = ({ clientId }: Credentials) => `${accountsPath}/${clientId}`
    await server.manage('PATCH', at(disabled), { state: 'disabled' })
    await server.manage('DELETE', at(deleted))
    await server.manage('POST', `${at(rotated)}/rotate`, { overlapSeconds: 0 })
    server.clock.offset = 61_000
    const mistyped = { ...plain, clientSecret: `${plain.clientSecret.slice(0, -1)}~` }
    const nobody = { clientId: `${plain.clientId.slice(0, -2)}~~`, clientSecret: wrong }
    refused.push(
      ['of a wrong text', guess(plain), 'wrong_secret'],
      ['of a mistyped text', mistyped, 'mistyped_secret'],
      ['of an unknown client', nobody, 'unknown_client'],
      ['of a disabled account', disabled, 'account_disabled'],
      ['that is wrong, of a disabled account', guess(disabled), 'wrong_secret'],
      ['of a deleted account', deleted, 'unknown_client'],
      ['that has expired', expiring, 'expired_secret'],
      ['that a rotation has ended', rotated, 'wrong_secret'],
      ['for an account with a key', { ...guess(plain), clientId: signer.clientId }, 'wrong_method'],
    )
  })
  afterAll(async () => await rm(dir, { recursive: true, force: true }))

  const paths = [tokenPath, introspectPath, revokePath]
  test.each(paths)(
    'is answered with the same bytes at %s, whatever was wrong, and logged with the reason',
    async (path) => {
      const seen = new Map<string, string[]>()
      for (const [title, who, reason] of refused) {
        const answer = await ask(server, who, { path })
        expectRefusedLogin(answer)
        expect([title, causeOf(server, answer).split(':')[0]]).toEqual([title, reason])
        const text = withoutStamps(answer)
        seen.set(text, [...(seen.get(text) ?? []), title])
      }
      expect([...seen.values()]).toEqual([refused.map(([title]) => title)])
    },
  )

  test('is in the audit log with its true reason, after the server has stopped', async () => {
    await server.close()
    const again = await startTestServer({ beside: { env: {}, dir } })
    const events = (await again.manage('GET', '/api/audit?per_page=200')).body
    // An entry a minute tells of all the refusals in it.
    const told = tallied(
      events
        // biome-ignore lint/suspicious/noExplicitAny: an event of the API
        .filter(({ action }: any) => action === 'login.refused')
        // biome-ignore lint/suspicious/noExplicitAny: an event of the API
        .map(({ target, after }: any) => [`${target.id} ${after.reason}`, after.count]),
    )
    const sent = refused.map(([, { clientId }, reason]) => {
      const id = reason === 'unknown_client' ? '(unknown)' : clientId
      return [`${id} ${reason}`, paths.length] as const
    })
    expect(told).toEqual(tallied(sent))
    expect(JSON.stringify(events)).not.toContain(wrong)
    await again.close()
  })
})

describe('guessing', () => {
  let server: TestServer
  /** Time as the server sees it: a few milliseconds pass with each request, however slow it is. */
  let at = Date.now()

  const askNow = (who: Credentials, way: Way = {}) => {
    at += 5
    return ask(server, who, way)
  }
  const exhaust = async (who: Credentials, way: Way = {}) => {
    for (let tries = 0; tries < 10; tries += 1) {
      expectRefusedLogin(await askNow(guess(who), way))
    }
  }
  const expectWait = (answer: WireAnswer, seconds: number) => {
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, String(seconds)])
    expect(answer.body.error).toBe('temporarily_unavailable')
    expect(answer.headers.get('cache-control')).toContain('no-store')
  }

  beforeAll(async () => {
    server = await startTestServer({ env: patient })
    Object.defineProperty(server.clock, 'offset', { get: () => at - Date.now() })
  })
  afterAll(async () => await server.close())

  test('is put off after ten refused secrets, and then read no more', async () => {
    const client = await secretClient(server)
    const answers = []
    for (let tries = 0; tries < 50; tries += 1) answers.push(await askNow(guess(client)))
    expect(answers.map(({ status }) => status)).toEqual([
      ...Array(10).fill(401),
      ...Array(40).fill(429),
    ])
    for (const answer of answers.slice(10)) expectWait(answer, 1)
    expect(reasons(server, client.clientId)).toEqual([
      ...Array(10).fill('wrong_secret'),
      ...Array(40).fill('throttled'),
    ])
  })

  test('waits for twice as long each time, up to a minute', async () => {
    const client = await secretClient(server)
    await exhaust(client)
    for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60]) {
      expectWait(await askNow(guess(client)), seconds)
      at += seconds * 1000 - 500
      expectWait(await askNow(guess(client)), 1)
      at += 500
      expectRefusedLogin(await askNow(guess(client)))
    }
  })

  test('locks no owner out: the right secret logs in from another address', async () => {
    const client = await secretClient(server)
    await exhaust(client)
    expectToken(await askNow(client, { from: '127.0.0.2' }))
    expectRefusedLogin(await askNow(guess(client), { from: '127.0.0.2' }))
    expectWait(await askNow(client), 1)
  })

  test('is told nothing while it waits, not even by the right secret', async () => {
    const client = await secretClient(server)
    const nobody = { clientId: `${client.clientId.slice(0, -2)}~~`, clientSecret: wrong }
    await exhaust(client)
    await exhaust(nobody)
    const answers = [await askNow(guess(client)), await askNow(client), await askNow(nobody)]
    for (const answer of answers) expectWait(answer, 1)
    expect(new Set(answers.map(withoutStamps)).size).toBe(1)
  })

  test('ends with the wait: the owner logs in, and starts anew', async () => {
    const client = await secretClient(server)
    await exhaust(client)
    at += 1000
    expectToken(await askNow(client))
    await exhaust(client)
    expectWait(await askNow(client), 1)
  })

  test('of one client puts no other off at the same address', async () => {
    const [client, other] = [await secretClient(server), await secretClient(server)]
    await exhaust(client)
    expectToken(await askNow(other))
  })

  test('gets around the wait neither by a header, nor by an encoding, nor elsewhere', async () => {
    const client = await secretClient(server)
    await exhaust(client)
    for (const header of ['X-Forwarded-For: 192.0.2.7', 'Forwarded: for=192.0.2.7']) {
      expectWait(await askNow(guess(client), { headers: [header, 'X-Real-IP: 192.0.2.7'] }), 1)
    }
    const clientId = client.clientId.replaceAll('_', '%5F')
    expectWait(await askNow({ ...client, clientId }), 1)
    for (const path of [introspectPath, revokePath]) expectWait(await askNow(client, { path }), 1)
  })

  test('counts a refused secret at each endpoint', async () => {
    const client = await secretClient(server)
    await exhaust(client, { path: introspectPath })
    expectWait(await askNow(client, { path: revokePath }), 1)
    expectWait(await askNow(client), 1)
  })

  test('goes on unhindered where the operator has switched the throttle off', async () => {
    const other = await startTestServer({ env: { OSTIARY_OAUTH_THROTTLE_FAILURES: '0' } })
    const client = await secretClient(other)
    for (let tries = 0; tries < 30; tries += 1) expectRefusedLogin(await ask(other, guess(client)))
    expectToken(await ask(other, client))
    await other.close()
  })
})
