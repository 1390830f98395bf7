import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { accountsPath } from '../../support/accounts.ts'
import { rsaPair } from '../../support/rsa-pairs.ts'
import { startTestServer, type TestServer, tokenPath } from '../../support/server.ts'
import { keyClient } from '../support/accounts.ts'
import {
  assertionForm,
  assertionOf,
  type Changes,
  type KeyClient,
  login,
  now,
  signers,
} from '../support/assertions.ts'
import {
  causeOf,
  expectNothingIssued,
  expectRefusedLogin,
  expectToken,
  introspectPath,
  revokePath,
} from '../support/expectations.ts'
import {
  bytesOf,
  formType,
  sendRaw,
  type WireAnswer,
  type WireRequest,
  withoutStamps,
} from '../support/wire.ts'

const evil = 'evil.example'
const thief = rsaPair('thief')
const stolen = signers.RS256(thief.privateKey)

/** Sends an assertion byte by byte; `host` takes the place of the server's own. */
function send(
  server: TestServer,
  assertion: string,
  {
    host,
    headers = [],
    target = tokenPath,
  }: Partial<WireRequest> & { readonly host?: string } = {},
): Promise<WireAnswer> {
  const body = String(assertionForm(assertion, { token: 'x' }))
  const own = [`Host: ${host}`, `Content-Length: ${body.length}`, 'Connection: close']
  const bare = host !== undefined
  const all = [formType, ...headers, ...(bare ? own : [])]
  return sendRaw(server, bytesOf(server, { target, headers: all, body, bare }))
}

describe('a refused assertion', () => {
  let server: TestServer
  let refused: readonly (readonly [string, string, string])[]

  beforeAll(async () => {
    server = await startTestServer()
    const [client, disabled, deleted] = await Promise.all(
      Array.from({ length: 3 }, () => keyClient(server)),
    )
    if (!client || !disabled || !deleted) throw new Error('expected three accounts')
    const at = ({ clientId }: KeyClient) => `${accountsPath}/${clientId}`
    await server.manage('PATCH', at(disabled), { state: 'disabled' })
    await server.manage('DELETE', at(deleted))
    const signed = (changes: Changes, who = client) => assertionOf(who, server, changes)
    const used = signed({})
    expectToken(await login(server, used))
    const nobody = { ...client, clientId: `${client.clientId.slice(0, -2)}~~` }
    refused = [
      ['of an unknown client', signed({}, nobody), 'unknown_client'],
      ['of a deleted account', signed({}, deleted), 'unknown_client'],
      ['of a disabled account', signed({}, disabled), 'account_disabled'],
      ['of a disabled account, forged', signed({ sign: stolen }, disabled), 'bad_assertion'],
      ['that was forged', signed({ sign: stolen }), 'bad_assertion'],
      ['that names an unknown key', signed({ header: { kid: 'other' } }), 'bad_assertion'],
      ['that is unsigned', signed({ header: { alg: 'none' } }), 'bad_assertion'],
      ['for another server', signed({ claims: { aud: `https://${evil}` } }), 'bad_assertion'],
      ['that is over', signed({ claims: { iat: now() - 99, exp: now() - 39 } }), 'bad_assertion'],
      ['that was used', used, 'replayed_assertion'],
    ]
  })
  afterAll(async () => await server.close())

  test.each([tokenPath, introspectPath, revokePath])(
    'is answered with the same bytes at %s, whatever was wrong, and logged with the reason',
    async (target) => {
      const seen = new Map<string, string[]>()
      for (const [title, assertion, reason] of refused) {
        const answer = await send(server, assertion, { target })
        expectRefusedLogin(answer)
        expect([title, causeOf(server, answer).split(':')[0]]).toEqual([title, reason])
        const text = withoutStamps(answer)
        seen.set(text, [...(seen.get(text) ?? []), title])
      }
      expect([...seen.values()]).toEqual([refused.map(([title]) => title)])
    },
  )

  test('is never in the log itself', () => {
    const logged = server.logged.join('')
    for (const [, assertion] of refused) {
      expect(logged).not.toContain(assertion.split('.')[1])
    }
  })

  test('is refused anew each time, and never put off', async () => {
    const [, [, assertion = ''] = []] = refused
    for (let count = 0; count < 30; count += 1) expectRefusedLogin(await login(server, assertion))
  })
})

describe('the audience of an assertion', () => {
  let server: TestServer
  let client: KeyClient
  beforeAll(async () => {
    server = await startTestServer()
    client = await keyClient(server)
  })
  afterAll(async () => await server.close())

  const audiences = [`http://${evil}`, `http://${evil}${tokenPath}`, `https://${evil}`] as const
  const ways: readonly (readonly [string, number, Parameters<typeof send>[2]])[] = [
    ['Host', 421, { host: evil }],
    ['an absolute target', 421, { target: `http://${evil}${tokenPath}` }],
    ['an absolute target and Host', 421, { target: `http://${evil}${tokenPath}`, host: evil }],
    ['X-Forwarded-Host', 401, { headers: [`X-Forwarded-Host: ${evil}`] }],
    [
      'X-Forwarded-Host and -Proto',
      401,
      { headers: [`X-Forwarded-Host: ${evil}`, 'X-Forwarded-Proto: https'] },
    ],
    ['Forwarded', 401, { headers: [`Forwarded: for=1.2.3.4;host=${evil};proto=https`] }],
    ['X-Original-Host', 401, { headers: [`X-Original-Host: ${evil}`, `X-Host: ${evil}`] }],
  ]
  test.each(ways)('is never taken from a request: %s', async (_, status, way) => {
    for (const aud of audiences) {
      const answer = await send(server, assertionOf(client, server, { claims: { aud } }), way)
      expect([aud, answer.status]).toEqual([aud, status])
      expectNothingIssued(answer)
      if (status === 401) expect(causeOf(server, answer)).toMatch(/^bad_assertion: aud must be/)
    }
  })

  test('is the issuer all the same, whatever a request says of its host', async () => {
    const headers = [`X-Forwarded-Host: ${evil}`, `Forwarded: host=${evil}`]
    expectToken(await send(server, assertionOf(client, server), { headers }))
  })
})

describe('the audience of an assertion for an issuer with a name', () => {
  const issuer = 'https://login.example'
  let dir: string
  let server: TestServer
  let client: KeyClient

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ostiary-issuer-'))
    const first = await startTestServer({ beside: { env: {}, dir } })
    client = await keyClient(first)
    await first.close()
    server = await startTestServer({ beside: { env: { OSTIARY_ISSUER: issuer }, dir } })
  })
  afterAll(async () => {
    await server.close()
    await rm(dir, { recursive: true, force: true })
  })

  const sendAud = (aud: string) =>
    send(server, assertionOf(client, { url: aud }), { host: 'login.example' })

  test('is that name', async () => {
    expectToken(await sendAud(issuer))
  })

  test.each([
    ...['https://LOGIN.example', 'https://login.example:443', 'https://login.example/'],
    ...['http://login.example', 'HTTPS://login.example', 'https://login.example.', 'login.example'],
    ...['https://login.example/.', 'https://%6cogin.example', `https://login.example${tokenPath}`],
    ...['https://login.example@evil.example', 'https://login.example.evil.example'],
  ])('is no other spelling of it: %s', async (aud) => {
    const answer = await sendAud(aud)
    expectRefusedLogin(answer)
    expect(causeOf(server, answer)).toMatch(/^bad_assertion: aud must be/)
  })
})
