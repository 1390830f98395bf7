import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { permissionNames } from '../../src/domain/access/permissions.ts'
import { uniqueName } from '../support/accounts.ts'
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

async function publicKey(name: string): Promise<string> {
  const file = join(dir, name)
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  await writeFile(file, pair.publicKey.export({ type: 'spki', format: 'pem' }))
  return file
}

async function made(...flags: string[]) {
  const rights = ['--permissions', 'console.root.view']
  const args = ['accounts', 'create', '--json', '--name', uniqueName(), ...rights, ...flags]
  return (await ostiary(args, env)).json
}

describe('ostiary accounts', () => {
  test('update changes what is named, and leaves the rest', async () => {
    const { clientId } = await made('--audiences', 'https://one.example')
    const args = ['accounts', 'update', clientId, '--json']
    const { json } = await ostiary([...args, '--description', 'new', '--audiences', ''], env)
    const rest = { permissions: ['console.root.view'] }
    expect(json).toMatchObject({ clientId, description: 'new', audiences: [], ...rest })
    const { stdout } = await ostiary(['accounts', 'update', clientId, '--permissions', ''], env)
    expect(stdout).toMatch(/^permissions {2}none$/m)
  })

  test('update that changes nothing is a wrong command line', async () => {
    const { code, stderr } = await ostiary(['accounts', 'update', 'x'], env)
    expect([code, stderr]).toEqual([2, expect.stringContaining('--permissions')])
  })

  test('revoke-tokens ends the tokens that were issued, and no login', async () => {
    const account = await made()
    const { body } = await server.token(account)
    const stands = async () => {
      const headers = { authorization: `Bearer ${body.access_token}` }
      return (await server.call('/tokeninfo', { headers })).status
    }
    expect(await stands()).toBe(200)
    expect((await ostiary(['accounts', 'revoke-tokens', account.clientId], env)).code).toBe(0)
    expect([await stands(), (await server.token(account)).status]).toEqual([401, 200])
  })
})

describe('ostiary credentials', () => {
  test('adds a secret that gets a token, lists it without its value, and deletes it', async () => {
    const { clientId } = await made()
    const added = await ostiary(['credentials', 'add', clientId, '--name', '二つ', '--json'], env)
    const { id, clientSecret } = added.json
    expect((await server.token({ clientId, clientSecret })).status).toBe(200)
    const listed = await ostiary(['credentials', 'list', clientId], env)
    expect(listed.stdout).toMatch(new RegExp(`^CREDENTIAL .*\\n(.*\\n)*${id} +二つ +active`))
    expect(listed.stdout).not.toContain('ost_sk_')
    await ostiary(['credentials', 'delete', clientId, id, '--yes'], env)
    expect((await server.token({ clientId, clientSecret })).status).toBe(401)
    const { json } = await ostiary(['credentials', 'list', clientId, '--json'], env)
    expect(json).toMatchObject([{ name: 'initial' }])
  })

  test('adds a public key to an account that logs in by keys', async () => {
    const { clientId } = await made('--public-key', await publicKey('one.pem'))
    const key = await publicKey('two.pem')
    const { stdout } = await ostiary(['credentials', 'add', clientId, '--public-key', key], env)
    expect(stdout).toMatch(/^credential {2}cred_\S+\nkey id {6}\S+\n$/)
  })

  test('rotates as accounts rotate does', async () => {
    const account = await made()
    const args = ['credentials', 'rotate', account.clientId, '--name', 'next', '--json']
    const { clientSecret } = (await ostiary(args, env)).json
    expect((await server.token({ ...account, clientSecret })).status).toBe(200)
    expect((await server.token(account)).status).toBe(401)
  })
})

describe('what cannot be undone', () => {
  const answering = (answer: string) => {
    const asked: string[] = []
    const ask = async (question: string) => {
      asked.push(question)
      return answer
    }
    return { asked, ask }
  }

  test('is asked about on a terminal, and done by yes alone', async () => {
    const account = await made()
    const args = ['accounts', 'delete', account.clientId]
    const [no, yes] = [answering(''), answering('yes')]
    const declined = await ostiary(args, env, no)
    expect([declined.code, declined.stderr]).toEqual([1, 'ostiary: nothing was changed\n'])
    expect(no.asked).toEqual([expect.stringContaining(`Delete ${account.clientId}`)])
    expect((await server.token(account)).status).toBe(200)
    expect((await ostiary(args, env, yes)).code).toBe(0)
    expect((await server.token(account)).status).toBe(401)
  })

  test('is done in a script, which means what it says', async () => {
    const account = await made()
    expect((await ostiary(['accounts', 'delete', account.clientId], env)).code).toBe(0)
    expect((await server.token(account)).status).toBe(401)
  })
})

test('ostiary permissions lists each with what it lets its holder do', async () => {
  const { json } = await ostiary(['permissions', '--json'])
  expect(json.map(({ name }: { name: string }) => name)).toEqual(permissionNames)
  const { stdout } = await ostiary(['permissions'])
  expect(stdout).toMatch(/^PERMISSION .*\n(.*\n)*console\.root\.view +see everything/)
})
