import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { newTree } from '../api/mia/companies.ts'
import { uniqueName } from '../support/accounts.ts'
import { rsaPair } from '../support/rsa-pairs.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { operator, ostiary } from './command-line.ts'

let server: TestServer
let env: Record<string, string>
let dir: string

beforeAll(async () => {
  server = await startTestServer()
  env = operator(server)
  dir = await mkdtemp(join(tmpdir(), 'ostiary-cli-'))
})

afterAll(async () => {
  await server.close()
  await rm(dir, { recursive: true, force: true })
})

const permissions = ['--permissions', 'console.root.view']
const create = (...flags: string[]) =>
  ostiary(['accounts', 'create', '--json', '--name', uniqueName(), ...permissions, ...flags], env)

describe('ostiary accounts', () => {
  test('creates an account whose secret gets a token', async () => {
    const { code, json, stderr } = await create()
    expect([code, stderr]).toEqual([0, ''])
    expect((await server.token(json)).status).toBe(200)
  })

  test('says once, for a person, that the secret is shown once', async () => {
    const made = await ostiary(['accounts', 'create', '--name', uniqueName(), ...permissions], env)
    expect(made.stdout).toMatch(/^client id {6}ost_ci_\S+\nclient secret {2}ost_sk_\S+\n/)
    expect(made.stdout).toContain('shown this once')
  })

  test('creates an account that logs in by a public key in PEM or JWK', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const pem = join(dir, 'public.pem')
    await writeFile(pem, publicKey.export({ type: 'spki', format: 'pem' }))
    const jwk = join(dir, 'public.json')
    await writeFile(jwk, JSON.stringify({ ...publicKey.export({ format: 'jwk' }), kid: 'mine' }))
    const [byPem, byJwk] = [await create('--public-key', pem), await create('--public-key', jwk)]
    expect([byPem.json.clientSecret, byJwk.json.kid]).toEqual([undefined, 'mine'])
    const secretKey = join(dir, 'private.pem')
    await writeFile(secretKey, privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const login = { OSTIARY_URL: server.url, OSTIARY_PRIVATE_KEY_FILE: secretKey }
    const one = await ostiary(['token'], { ...login, OSTIARY_CLIENT_ID: byPem.json.clientId })
    const two = await ostiary(['token', '--client-id', byJwk.json.clientId, '--kid', 'mine'], login)
    expect([one.code, two.code]).toEqual([0, 0])
  })

  test('lists every account, past one page', async () => {
    const { json: made } = await create()
    const listed = await ostiary(['accounts', 'list', '--json'], env)
    expect(listed.json.map(({ clientId }: { clientId: string }) => clientId)).toContain(
      made.clientId,
    )
    expect(JSON.stringify(listed.json)).not.toContain('ost_sk_')
    expect((await ostiary(['accounts', 'list'], env)).stdout).toMatch(/^CLIENT ID +NAME +STATE/)
  })

  test('lists the accounts of a name, sorted by it', async () => {
    const word = uniqueName()
    const names = ['b', 'C', 'a'].map((letter) => `${word} ${letter}`)
    for (const name of names) {
      await ostiary(['accounts', 'create', '--name', name, ...permissions], env)
    }
    const list = async (...flags: string[]) => {
      const { json } = await ostiary(['accounts', 'list', '--json', ...flags], env)
      return json.map(({ name }: { name: string }) => name.slice(word.length + 1))
    }
    expect(await list('--search', word.toUpperCase())).toEqual(['b', 'C', 'a'])
    expect(await list('--search', word, '--sort', 'name')).toEqual(['a', 'b', 'C'])
    expect(await list('--search', word, '--sort=-name')).toEqual(['C', 'b', 'a'])
    const wrong = await ostiary(['accounts', 'list', '--sort', 'owner'], env)
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('sort')])
  })

  test('shows an account with its credentials', async () => {
    const { json: made } = await create()
    const shown = await ostiary(['accounts', 'show', made.clientId, '--json'], env)
    expect(shown.json).toMatchObject({
      clientId: made.clientId,
      credentials: [{ name: 'initial' }],
    })
    expect((await ostiary(['accounts', 'show', made.clientId], env)).stdout).toContain('LAST USED')
  })

  test('rotates a secret: the new one works, the former one ends after the overlap', async () => {
    const { json: made } = await create()
    const args = ['accounts', 'rotate', made.clientId, '--json']
    const overlapping = await ostiary([...args, '--overlap', '60'], env)
    const { clientSecret } = overlapping.json
    expect((await server.token({ ...made, clientSecret })).status).toBe(200)
    expect((await server.token(made)).status).toBe(200)
    await ostiary(args, env)
    expect((await server.token({ ...made, clientSecret })).status).toBe(401)
  })

  test('disables, enables and deletes an account', async () => {
    const { json: made } = await create()
    const turn = async (verb: string) => {
      const yes = verb === 'delete' ? ['--yes'] : []
      const { code } = await ostiary(['accounts', verb, made.clientId, ...yes], env)
      return [code, (await server.token(made)).status]
    }
    expect(await turn('disable')).toEqual([0, 401])
    expect(await turn('enable')).toEqual([0, 200])
    expect(await turn('delete')).toEqual([0, 401])
    expect(await turn('delete')).toEqual([1, 401])
  })
})

describe('ostiary token and verify', () => {
  test('a token that was printed verifies, from an argument and from standard input', async () => {
    const { stdout } = await ostiary(['token'], env)
    const verified = await ostiary(['verify', stdout.trim(), '--url', server.url])
    expect([verified.code, verified.json.sub]).toEqual([0, server.admin.clientId])
    const piped = await ostiary(['verify', '-', '--url', server.url], {}, stdout)
    expect([piped.code, piped.json.sub]).toEqual([0, server.admin.clientId])
  })

  test('asks for no more than the scope, and for an audience', async () => {
    const args = ['token', '--json', '--scope', 'console.root.view', '--audience', server.url]
    const { json } = await ostiary(args, env)
    expect(json).toMatchObject({ scope: 'console.root.view', expiresAt: expect.any(String) })
  })

  test('asks for a place, for a program that acts there alone', async () => {
    const { projectId } = await newTree(server)
    const resource = `urn:ostiary:project:${projectId}`
    const { stdout } = await ostiary(['token', '--resource', resource], env)
    expect(decodeJwt(stdout.trim())['scope_resource']).toBe(resource)
    const foreign = await ostiary(['token', '--resource', 'urn:ostiary:project:none'], env)
    expect([foreign.code, foreign.stdout]).toEqual([1, ''])
  })

  test('reads the file that miactl keeps a service account in', async () => {
    const { publicKey, privateKey } = rsaPair('owner')
    const key = { ...publicKey.export({ format: 'jwk' }), kid: 'miactl', alg: 'RSA256', use: 'sig' }
    const jwk = join(dir, 'miactl-public.json')
    await writeFile(jwk, JSON.stringify(key))
    const { json: made } = await create('--public-key', jwk)
    const file = join(dir, 'miactl.json')
    const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
    await writeFile(
      file,
      JSON.stringify({
        type: 'service_account',
        'key-id': 'miactl',
        'private-key-data': Buffer.from(pem).toString('base64'),
        'client-id': made.clientId,
      }),
    )
    const login = await ostiary(['token', '--key-file', file], { OSTIARY_URL: server.url })
    expect([login.code, login.stderr]).toEqual([0, ''])
  })

  test('a token that is not valid, or for another audience, is code 1', async () => {
    const { stdout } = await ostiary(['token'], env)
    const other = ['verify', stdout.trim(), '--url', server.url, '--audience', 'other']
    expect((await ostiary(other)).code).toBe(1)
    expect((await ostiary(['verify', 'nonsense', '--url', server.url])).code).toBe(1)
  })
})

describe('ostiary audit list', () => {
  test('shows what was done, filtered by target', async () => {
    const { json: made } = await create()
    const args = ['audit', 'list', '--target', made.clientId]
    const { json } = await ostiary([...args, '--json'], env)
    expect(json.map(({ action }: { action: string }) => action)).toEqual(['account.create'])
    expect((await ostiary(args, env)).stdout).toMatch(/^NUMBER .*\n.* account\.create .*\n$/)
  })

  test('goes on to the end by cursor, or to the limit', async () => {
    const { json: made } = await create()
    for (let turn = 0; turn < 100; turn += 1) {
      await server.manage('PATCH', `/api/service-accounts/${made.clientId}`, { state: 'disabled' })
      await server.manage('PATCH', `/api/service-accounts/${made.clientId}`, { state: 'enabled' })
    }
    const args = ['audit', 'list', '--json', '--target', made.clientId]
    const { json } = await ostiary(args, env)
    expect([json.length, json.at(-1).action]).toEqual([201, 'account.create'])
    expect((await ostiary([...args, '--limit', '2'], env)).json).toEqual(json.slice(0, 2))
  })
})

describe('a failure', () => {
  test('is told on standard error, with the request and what to do next', async () => {
    const refused = await ostiary(['token', '--client-secret', 'wrong'], env)
    expect([refused.code, refused.stdout]).toEqual([1, ''])
    expect(refused.stderr).toMatch(/client authentication failed \(request \S+\)\n {2}Check /)
    expect(refused.stderr).not.toContain('wrong')
  })

  test('is JSON for programs, with the code of the server', async () => {
    const args = ['accounts', 'create', '--name', 'x', '--permissions', 'nope', '--json']
    const { code, stderr } = await ostiary(args, env)
    expect([code, JSON.parse(stderr).error.code]).toEqual([1, 'permission.unknown'])
  })

  test('names the permission that was probably meant', async () => {
    const args = ['accounts', 'create', '--name', 'x', '--permissions', 'console.root.veiw']
    const { code, stderr } = await ostiary(args, env)
    expect([code, stderr]).toEqual([1, expect.stringContaining('mean console.root.view?')])
  })

  test('is code 2 when there was no answer', async () => {
    const { code, stderr } = await ostiary(['token', '--url', 'http://127.0.0.1:9'], env)
    expect([code, stderr.split('\n')[1]]).toEqual([2, expect.stringContaining('OSTIARY_URL')])
  })

  test('is code 2 when the command line is wrong, or a login is missing', async () => {
    const { OSTIARY_URL = '' } = env
    const codes = [
      await ostiary(['nothing']),
      await ostiary(['accounts', 'create'], env),
      await ostiary(['accounts', 'rotate', 'x', '--overlap', 'soon'], env),
      await ostiary(['token'], { OSTIARY_URL }),
      await ostiary(['token', '--key-file', join(dir, 'none')], env),
      await ostiary(['token', '--url', 'ftp://x'], env),
    ].map(({ code, stdout, stderr }) => [code, stdout, stderr === ''])
    expect(codes).toEqual(codes.map(() => [2, '', false]))
  })
})
