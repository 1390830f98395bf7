import { execFile } from 'node:child_process'
import { createPublicKey, type webcrypto } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createRemoteJWKSet, importPKCS8, jwtVerify } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { ClientCredentials } from 'simple-oauth2'
import { startTestServer, type TestServer, tokenPath } from '../support/server.ts'
import { onEachStore } from '../support/stores.ts'
import { keyClient, secretClient } from './support/accounts.ts'
import { type KeyClient, rsa } from './support/assertions.ts'
import { asCheckout, checkout, paste } from './support/pasted.ts'

const run = promisify(execFile)

onEachStore('clients that others wrote', (store) => {
  let server: TestServer
  let dir: string
  let privateKey: webcrypto.CryptoKey
  let byKey: KeyClient

  beforeAll(async () => {
    server = await startTestServer({ store, env: { OSTIARY_SIGNING_ALG: 'RS256' } })
    dir = await mkdtemp(join(tmpdir(), 'ostiary-clients-'))
    const pem = String(rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }))
    privateKey = await importPKCS8(pem, 'RS256')
    byKey = await keyClient(server, {}, { permissions: ['console.root.view'] })
  })

  afterAll(async () => {
    await server.close()
    await rm(dir, { recursive: true, force: true })
  })

  /** What a resource server does: another issuer's word is nothing to it but the key set. */
  async function expectVerified(token: string, clientId: string): Promise<void> {
    const jwks = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`))
    const checks = { issuer: server.url, audience: server.url, typ: 'at+jwt' }
    const { payload, protectedHeader } = await jwtVerify(token, jwks, checks)
    expect(payload).toMatchObject({ sub: clientId, client_id: clientId })
    const { keys } = (await server.call('/openid/v1/jwks')).body
    const jwk = keys.find(({ kid }: { kid: string }) => kid === protectedHeader.kid)
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    const options = { algorithms: ['RS256' as const], issuer: server.url, audience: server.url }
    expect(jsonwebtoken.verify(token, key, options)).toEqual(payload)
  }

  test('openid-client discovers the server and logs in by secret', async () => {
    const { clientId, clientSecret } = await secretClient(server)
    const method = openid.ClientSecretBasic(clientSecret)
    const config = await openid.discovery(new URL(server.url), clientId, undefined, method, {
      execute: [openid.allowInsecureRequests],
    })
    const { access_token: token } = await openid.clientCredentialsGrant(config)
    await expectVerified(token, clientId)
  })

  test('openid-client logs in by assertion, asks about its token, and revokes it', async () => {
    const method = openid.PrivateKeyJwt({ key: privateKey, kid: byKey.kid })
    const config = await openid.discovery(new URL(server.url), byKey.clientId, undefined, method, {
      algorithm: 'oauth2',
      execute: [openid.allowInsecureRequests],
    })
    const { access_token: token } = await openid.clientCredentialsGrant(config)
    await expectVerified(token, byKey.clientId)
    expect(await openid.tokenIntrospection(config, token)).toMatchObject({ active: true })
    await openid.tokenRevocation(config, token)
    expect(await openid.tokenIntrospection(config, token)).toEqual({ active: false })
  })

  async function byOAuth4WebApi(clientId: string, method: oauth.ClientAuth): Promise<string> {
    const issuer = new URL(server.url)
    const insecure = { [oauth.allowInsecureRequests]: true }
    const options = { algorithm: 'oauth2', ...insecure } as const
    const found = await oauth.discoveryRequest(issuer, options)
    const as = await oauth.processDiscoveryResponse(issuer, found)
    const client = { client_id: clientId }
    const form = { scope: 'console.root.view', resource: server.url }
    const answer = await oauth.clientCredentialsGrantRequest(as, client, method, form, insecure)
    return (await oauth.processClientCredentialsResponse(as, client, answer)).access_token
  }

  test('oauth4webapi logs in by secret with scope and resource', async () => {
    const given = { permissions: ['console.root.view', 'console.root.user.bind'] }
    const { clientId, clientSecret } = await secretClient(server, given)
    const token = await byOAuth4WebApi(clientId, oauth.ClientSecretBasic(clientSecret))
    await expectVerified(token, clientId)
    expect(jsonwebtoken.decode(token)).toMatchObject({
      scope: 'console.root.view',
      permissions: ['console.root.view'],
    })
  })

  test('oauth4webapi logs in by assertion with scope and resource', async () => {
    const method = oauth.PrivateKeyJwt({ key: privateKey, kid: byKey.kid })
    await expectVerified(await byOAuth4WebApi(byKey.clientId, method), byKey.clientId)
  })

  test.each(['strict', 'loose'] as const)('simple-oauth2 logs in by secret (%s)', async (mode) => {
    const { clientId, clientSecret } = await secretClient(server)
    const client = new ClientCredentials({
      client: { id: clientId, secret: clientSecret },
      auth: { tokenHost: server.url, tokenPath },
      options: { credentialsEncodingMode: mode },
    })
    const { token } = await client.getToken({})
    await expectVerified(String(token['access_token']), clientId)
  })

  test('curl logs in by secret, as the documentation of the console has it', async () => {
    const { clientId, clientSecret } = await secretClient(server)
    const { stdout } = await run('curl', [
      ...['-sS', '--fail', '--location', '--request', 'POST', `${server.url}${tokenPath}`],
      ...['--header', 'Content-Type: application/x-www-form-urlencoded'],
      ...['--user', `${clientId}:${clientSecret}`],
      ...['--data-urlencode', 'grant_type=client_credentials'],
    ])
    const { access_token: token, token_type: type, expires_in: seconds } = JSON.parse(stdout)
    expect([type, seconds]).toEqual(['Bearer', 3600])
    await expectVerified(token, clientId)
  })

  test('openssl verifies the signature of a token', async () => {
    const { clientId, clientSecret } = await secretClient(server)
    const { body } = await server.token({ clientId, clientSecret })
    const [header, payload, signature = ''] = body.access_token.split('.')
    const [key] = (await server.call('/.well-known/jwks.json')).body.keys
    const pem = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
    const file = (name: string) => join(dir, name)
    await writeFile(file('key'), pem)
    await writeFile(file('data'), `${header}.${payload}`)
    await writeFile(file('signature'), Buffer.from(signature, 'base64url'))
    const args = ['-sha256', '-verify', file('key'), '-signature', file('signature')]
    expect((await run('openssl', ['dgst', ...args, file('data')])).stdout).toContain('Verified OK')
  })
})

describe('the commands of a page, pasted into a bash shell', () => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer()
    await asCheckout(server)
  })

  afterAll(() => server.close())

  async function pasted(page: string, npx: 'quick' | 'real') {
    const text = await readFile(join(checkout, page), 'utf8')
    const commands = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block).join('')
    return { commands, stdout: await paste(server, commands, { npx }) }
  }

  test('the quickstart of README makes an account, and fetches and checks its token', async () => {
    const { commands, stdout } = await pasted('README.md', 'real')
    expect(commands).not.toMatch(/\b(eval|sed)\b/)
    const [token = '', ...claims] = stdout.slice(stdout.indexOf('{')).split('\n')
    expect(JSON.parse(token)).toMatchObject({ token_type: 'Bearer', expires_in: 3600 })
    const machine = JSON.parse(await readFile(join(server.dir, 'data/my-machine.json'), 'utf8'))
    expect(JSON.parse(claims.join('\n'))).toMatchObject({
      iss: server.url,
      aud: server.url,
      client_id: machine.clientId,
      permissions: ['console.root.view'],
    })
  })

  test('the guide goes from the root account to a deleted one', async () => {
    const { stdout } = await pasted('docs/guide.md', 'quick')
    expect(stdout).toContain('"token_type":"Bearer"')
    expect(stdout.trim().split('\n').at(-1)).toMatch(/^deleted ost_ci_[\w-]+, for good$/)
    expect(stdout).toMatch(/^maintainer +environment +Payments \/ Development\b/m)
    expect(stdout).toContain('\ndevelopment: deployed\nproduction: refused\n')
    const { body } = await server.manage('GET', '/api/service-accounts')
    const names = body.map(({ name }: { name: string }) => name)
    expect(names).toEqual(expect.arrayContaining(['billing', 'shop']))
    expect(names).not.toContain('orders')
  })
})
