import { generateKeyPairSync, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startTestServer, type TestServer, tokenPath } from '../support/server.ts'

// The overrides reach into the core. If the core changes under them, these fail, not a user.
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

let server: TestServer
let jti = 0

beforeAll(async () => {
  server = await startTestServer()
})

afterAll(async () => {
  await server.close()
})

async function keyAccount(name: string): Promise<string> {
  const answer = await server.manage('POST', '/api/service-accounts', {
    name,
    permissions: [],
    tokenEndpointAuthMethod: 'private_key_jwt',
    publicKey: publicKey.export({ format: 'jwk' }),
  })
  return answer.body.clientId
}

function assertion(clientId: string, aud: unknown): string {
  jti += 1
  const iat = Math.floor(Date.now() / 1000)
  const claims = { iss: clientId, sub: clientId, aud, jti: `j${jti}`, iat, exp: iat + 60 }
  const data = `${encode({ alg: 'ES256' })}.${encode(claims)}`
  const signature = sign('sha256', Buffer.from(data), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  })
  return `${data}.${signature.toString('base64url')}`
}

async function login(clientId: string, aud: unknown): Promise<number> {
  const answer = await server.call(tokenPath, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion(clientId, aud),
    }),
  })
  return answer.status
}

describe('the overrides of the core', () => {
  test('find clients in the directory: a new account logs in at once, a deleted one no more', async () => {
    const clientId = await keyAccount('found')
    expect(await login(clientId, server.url)).toBe(200)
    await server.manage('DELETE', `/api/service-accounts/${clientId}`)
    expect(await login(clientId, server.url)).toBe(401)
  })

  test('compare secrets by digest on the way through the core too', async () => {
    const path = { resource: server.url }
    expect((await server.token(server.admin, path)).status).toBe(200)
    const wrong = { ...server.admin, clientSecret: `${server.admin.clientSecret.slice(0, -1)}!` }
    expect((await server.token(wrong, path)).status).toBe(401)
  })

  test('leave the audience of an assertion to our own rules', async () => {
    const clientId = await keyAccount('audience')
    expect(await login(clientId, server.url)).toBe(200)
    expect(await login(clientId, 'console-client-credentials')).toBe(200)
    expect(await login(clientId, `${server.url}${tokenPath}`)).toBe(401)
    expect(server.logged.join('')).toContain('oauth.assertions.audiences can accept others')
  })

  test('hand the core a body that was read before', async () => {
    const clientId = await keyAccount('body')
    expect(await login(clientId, server.url)).toBe(200)
    expect(server.logged.join('')).not.toContain('already parsed')
  })

  test('make the quick answer and the core’s the same but for time and id', async () => {
    const claims = async (form: Record<string, string>) => {
      const { status, body } = await server.token(server.admin, form)
      expect(status).toBe(200)
      const [header = '', payload = ''] = body.access_token.split('.')
      const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
      const { jti: _jti, iat, exp, ...rest } = read(payload)
      const { access_token: _token, ...answer } = body
      return { header: read(header), rest, life: exp - iat, answer }
    }
    const scope = 'console.root.view console.root.view marketplace.root.manage'
    expect(await claims({ audience: server.url })).toEqual(await claims({ resource: server.url }))
    expect(await claims({ scope })).toEqual(await claims({ scope, resource: server.url }))
  })
})
