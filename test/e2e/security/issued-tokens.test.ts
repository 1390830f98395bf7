import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { basic, type Credentials, startTestServer, type TestServer } from '../../support/server.ts'
import { keyClient, secretClient } from '../support/accounts.ts'
import { assertionOf, type KeyClient, login } from '../support/assertions.ts'
import { decoded, expectRefusal, expectToken, grant, post } from '../support/expectations.ts'

const jwksPath = '/.well-known/jwks.json'
const view = 'console.root.view'
const other = 'https://other.example/'

/** The published key that a token names. */
async function publishedKey(server: TestServer, token: string): Promise<JsonWebKey> {
  const { kid } = decoded(token, 0)
  const keys: readonly JsonWebKey[] = (await server.call(jwksPath)).body.keys
  const named = keys.filter((key) => key['kid'] === kid)
  expect(named).toHaveLength(1)
  return { ...named[0] }
}

function changed(token: string): string {
  const [header, payload = '', signature] = token.split('.')
  const bytes = Buffer.from(payload, 'base64url')
  const at = bytes.indexOf('"iat":') + '"iat":'.length
  bytes[at] = (bytes[at] ?? 0) ^ 1
  return `${header}.${bytes.toString('base64url')}.${signature}`
}

describe.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)('a token signed with %s', (alg) => {
  let server: TestServer
  let client: Credentials
  let signer: KeyClient

  beforeAll(async () => {
    server = await startTestServer({ env: { OSTIARY_SIGNING_ALG: alg } })
    client = await secretClient(server)
    signer = await keyClient(server)
  })
  afterAll(async () => await server.close())

  /** One token of each way to get one. */
  const tokens = async () => [
    expectToken(await server.token(client)),
    expectToken(await server.token(client, { resource: server.url })),
    expectToken(await login(server, assertionOf(signer, server))),
  ]

  test('names its type, its algorithm and a published key, and brings no key along', async () => {
    for (const token of await tokens()) {
      const header = decoded(token, 0)
      expect(header).toEqual({ alg, typ: 'at+jwt', kid: expect.any(String) })
      expect(await publishedKey(server, token)).toMatchObject({ kid: header['kid'], alg })
    }
  })

  test('is verified by jose as an access token of this issuer (RFC 9068)', async () => {
    const keySet = createRemoteJWKSet(new URL(`${server.url}${jwksPath}`))
    const rules = {
      issuer: server.url,
      audience: server.url,
      typ: 'at+jwt',
      algorithms: [alg],
      requiredClaims: ['sub', 'client_id', 'iat', 'exp', 'jti'],
    }
    for (const token of await tokens()) {
      const { payload } = await jwtVerify(token, keySet, rules)
      expect(payload).toEqual(decoded(token))
      await expect(jwtVerify(changed(token), keySet, rules)).rejects.toThrow('signature')
      const foreign = jwtVerify(token, keySet, { ...rules, audience: other })
      await expect(foreign).rejects.toThrow('"aud"')
    }
  })

  // jsonwebtoken knows no EdDSA.
  if (alg === 'EdDSA') return

  test('is verified by jsonwebtoken as a token of this issuer', async () => {
    const rules = { issuer: server.url, audience: server.url, algorithms: [alg] }
    for (const token of await tokens()) {
      const jwk = await publishedKey(server, token)
      const key = createPublicKey({ key: jwk, format: 'jwk' })
      expect(jsonwebtoken.verify(token, key, rules)).toEqual(decoded(token))
      expect(() => jsonwebtoken.verify(changed(token), key, rules)).toThrow('invalid signature')
      const foreign = () => jsonwebtoken.verify(token, key, { ...rules, audience: other })
      expect(foreign).toThrow('audience invalid')
    }
  })
})

describe('the claims of a token', () => {
  let server: TestServer
  let client: Credentials
  let signer: KeyClient

  beforeAll(async () => {
    server = await startTestServer()
    client = await secretClient(server, { permissions: [view], audiences: [other, 'plain'] })
    signer = await keyClient(server, { alg: 'RS256' }, { permissions: [view], audiences: [other] })
  })
  afterAll(async () => await server.close())

  const ask = (form: Record<string, string> = {}) => server.token(client, form)

  /** Every claim but the times and the id, which differ from token to token. */
  function stable(token: string) {
    const { iat: _iat, exp: _exp, jti: _jti, ...rest } = decoded(token)
    return rest
  }

  async function plain(clientId: string) {
    const path = `/api/service-accounts/${clientId}/credentials`
    const [credential] = (await server.manage('GET', path)).body
    return {
      iss: server.url,
      sub: clientId,
      client_id: clientId,
      credential_id: credential.id,
      aud: server.url,
      permissions: [view],
    }
  }

  test('are those of RFC 9068, the credential and the permissions of the account, and no others', async () => {
    const bySecret = expectToken(await ask())
    const byKey = expectToken(await login(server, assertionOf(signer, server)))
    expect(stable(bySecret)).toEqual(await plain(client.clientId))
    expect(stable(byKey)).toEqual(await plain(signer.clientId))
  })

  test.each([
    ['a secret', () => ask()],
    ['a secret, through the core', () => ask({ resource: other })],
    ['an assertion', () => login(server, assertionOf(signer, server))],
  ])('end exactly when the answer to %s says', async (_, request) => {
    const before = Math.floor(Date.now() / 1000)
    const answer = await request()
    const { iat, exp } = decoded(expectToken(answer))
    expect(Number(exp) - Number(iat)).toBe(answer.body.expires_in)
    expect(iat).toBeGreaterThanOrEqual(before)
    expect(iat).toBeLessThanOrEqual(Math.floor(Date.now() / 1000))
  })

  test('name every token by an id of its own', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask()))
    expect(new Set(answers.map((answer) => decoded(expectToken(answer))['jti'])).size).toBe(100)
  })

  test('name the audience that was asked for, else the issuer', async () => {
    const audience = async (form: Record<string, string>) =>
      decoded(expectToken(await ask(form)))['aud']
    expect(await audience({})).toBe(server.url)
    expect(await audience({ audience: 'plain' })).toBe('plain')
    expect(await audience({ resource: other })).toBe(other)
    const assertion = assertionOf(signer, server, { claims: { requested_audiences: [other] } })
    expect(decoded(expectToken(await login(server, assertion)))['aud']).toBe(other)
  })

  test('never name the client or anything else it may not have as audience', async () => {
    const { clientId } = client
    const unheld = [clientId, '*', 'https://OTHER.example/', 'https://other.example', 'plai']
    for (const audience of unheld) {
      expectRefusal(await ask({ audience }), 400, 'invalid_target')
      const claims = { requested_audiences: [other, audience] }
      const answer = await login(server, assertionOf(signer, server, { claims }))
      expectRefusal(answer, 400, 'invalid_target')
    }
  })

  const many = (last: unknown) => [...Array.from({ length: 20 }, () => other), last]
  test.each([
    ['of more than 20 entries', many('plain')],
    ['of more than 20 entries, the last of them not allowed', many('unheld')],
    ['that is a text', other],
    ['that is an object', { 0: other, length: 1 }],
    ['that is null', null],
    ['of something that is no text', [other, 1]],
    ['of lists', [[other]]],
  ])('are refused for a list of requested_audiences %s', async (_, wanted) => {
    const claims = { requested_audiences: wanted }
    const answer = await login(server, assertionOf(signer, server, { claims }))
    expectRefusal(answer, 400, 'invalid_target')
    expect(answer.body.message).toContain('requested_audiences: expected an array')
  })

  const reserved = {
    iss: 'https://evil.example',
    sub: 'root',
    aud: 'https://evil.example',
    exp: '9999999999',
    iat: '1',
    nbf: '1',
    jti: 'mine',
    cnf: '{"jkt":"x"}',
    act: '{"sub":"root"}',
    roles: 'admin',
    permissions: 'console.root.user.manage',
    credential_id: 'cred_other',
    tenantId: 'other',
    expires_in: '999999',
    claims: '{"access_token":{"permissions":{"value":["console.root.user.manage"]}}}',
  } as const

  test('cannot be set by parameters of the request', async () => {
    const path = '/api/m2m/oauth/token?permissions=console.root.user.manage&sub=root'
    const headers = { authorization: basic(client) }
    const answer = await post(server, grant(reserved), { path, headers })
    const token = expectToken(answer)
    expect(stable(token)).toEqual(await plain(client.clientId))
    expect(decoded(token)['jti']).not.toBe('mine')
    expect(answer.body.expires_in).toBe(3600)
  })

  test('cannot be set by claims of the assertion', async () => {
    const { iss: _iss, sub: _sub, aud: _aud, exp: _exp, iat: _iat, nbf: _nbf, ...rest } = reserved
    const claims = {
      ...rest,
      permissions: ['console.root.user.manage'],
      cnf: { jkt: 'x' },
      act: { sub: 'root' },
      scope: 'console.root.user.manage',
      client_id: client.clientId,
      jti: 'the-id-of-the-assertion',
    }
    const token = expectToken(await login(server, assertionOf(signer, server, { claims })))
    expect(stable(token)).toEqual(await plain(signer.clientId))
    expect(decoded(token)['jti']).not.toBe(claims.jti)
  })

  test('cannot be bound by a proof that nobody checks', async () => {
    const headers = { authorization: basic(client), dpop: 'a.b.c' }
    const answer = await post(server, grant({ resource: server.url }), { headers })
    expect(stable(expectToken(answer))).toEqual(await plain(client.clientId))
  })
})

test('audience, lifetime and type of tokens can be set by the operator', async () => {
  const server = await startTestServer({
    env: {
      OSTIARY_OAUTH_DEFAULT_RESOURCE: 'urn:ours',
      OSTIARY_TOKENS_ACCESS_SECONDS: '77',
      OSTIARY_TOKENS_TYPE: 'JWT',
    },
  })
  try {
    const { admin } = server
    const answer = await server.token(admin)
    const token = expectToken(answer)
    const { aud, iat, exp } = decoded(token)
    expect([aud, Number(exp) - Number(iat), answer.body.expires_in]).toEqual(['urn:ours', 77, 77])
    expect(decoded(token, 0)).toMatchObject({ typ: 'JWT' })
    const forUs = expectToken(await server.token(admin, { audience: server.url }))
    expect(decoded(forUs)['aud']).toBe(server.url)
  } finally {
    await server.close()
  }
})

test('an audience is asked for by every request where the operator demands it', async () => {
  const server = await startTestServer({ env: { OSTIARY_OAUTH_REQUIRE_AUDIENCE: 'true' } })
  try {
    const { admin, url } = server
    expectRefusal(await server.token(admin), 400, 'invalid_target')
    for (const form of [{ audience: url }, { resource: url }]) {
      expect(decoded(expectToken(await server.token(admin, form)))['aud']).toBe(url)
    }
  } finally {
    await server.close()
  }
})
