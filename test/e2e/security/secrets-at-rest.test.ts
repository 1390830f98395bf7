import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { MongoClient } from 'mongodb'
import { bodyOf, member, newTree } from '../../api/mia/companies.ts'
import { accountsPath } from '../../support/accounts.ts'
import { type Answer, basic, startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore, type TestStore } from '../../support/stores.ts'
import { createAccount, keyClient } from '../support/accounts.ts'
import { assertionOf, login, rsa } from '../support/assertions.ts'
import { expectToken, grant, introspectPath, post, revokePath } from '../support/expectations.ts'

/** A store that tells where it is, so that its raw contents can be searched. */
function watched(store: TestStore) {
  let uri: string | undefined
  const fresh = () => {
    const made = store.fresh()
    uri = made.env['OSTIARY_STORAGE_URI']
    return made
  }
  return { uri: () => uri, store: { ...store, fresh } }
}

/** Files that hold what opens the store; they are nobody's but the operator's. */
const withSecrets = ['bootstrap.json', 'pepper']

/** The data folder as it lies on the disk: database, journal and all. */
function filesIn(dir: string): ReadonlyMap<string, Buffer> {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter((one) => one.isFile() && !withSecrets.includes(one.name))
  return new Map(files.map((one) => [one.name, readFileSync(join(one.parentPath, one.name))]))
}

async function dump(uri: string): Promise<Buffer> {
  const client = await MongoClient.connect(uri)
  const collections = await client.db().collections()
  const all = await Promise.all(collections.map((collection) => collection.find().toArray()))
  await client.close()
  return Buffer.from(JSON.stringify(all))
}

const hashes = ['sha1', 'sha256', 'sha512'] as const
const codings = ['hex', 'base64', 'base64url'] as const

/** The ways in which a text may be written down without being noticed. */
function spellings(text: string): readonly Buffer[] {
  const coded = codings.map((coding) => Buffer.from(text).toString(coding).replace(/=+$/, ''))
  // Bytes written in base64 behind others begin in one of three places.
  const shifted = [1, 2].map((skip) => Buffer.from(text.slice(skip)).toString('base64'))
  const digests = hashes.map((hash) => createHash(hash).update(text).digest())
  const digested = digests.flatMap((digest) => codings.map((coding) => digest.toString(coding)))
  const texts = [text, encodeURIComponent(text), [...text].reverse().join('')]
  return [
    ...[...texts, ...coded, ...digested].map((one) => Buffer.from(one)),
    ...shifted.map((one) => Buffer.from(one.replace(/=+$/, '').slice(0, -2))),
    Buffer.from(text, 'utf16le'),
    ...digests,
  ]
}

onEachStore('what opens a door', (store) => {
  const { uri, store: own } = watched(store)
  /** By what it is: secrets, keys, tokens and assertions of this run. */
  const marked = new Map<string, string>()
  const answers: string[] = []
  let server: TestServer

  const keep = (name: string, value: string) => {
    expect(value.length).toBeGreaterThan(20)
    marked.set(name, value)
    return value
  }
  const note = ({ text, headers }: Answer) => answers.push(text, JSON.stringify([...headers]))
  const members = () => [...marked].flatMap(([name, value]) => parts(name, value))

  /** A token whose signature is kept is a token that is kept. */
  function parts(name: string, value: string): readonly (readonly [string, string])[] {
    const signature = value.split('.')[2]
    return signature === undefined
      ? [[name, value]]
      : [
          [name, value],
          [name, signature],
        ]
  }

  /** Names, never values: what fails is printed. */
  const found = (bytes: Buffer) => [
    ...new Set(
      members()
        .filter(([, value]) => spellings(value).some((spelled) => bytes.includes(spelled)))
        .map(([name]) => name),
    ),
  ]

  async function makeSecrets() {
    keep('the first secret', server.admin.clientSecret)
    keep('the client key', server.admin.clientKey)
    const { body } = await createAccount(server, { permissions: ['console.root.view'] })
    const path = `${accountsPath}/${body.clientId}`
    const who = { clientId: body.clientId, clientSecret: keep('a secret', body.clientSecret) }
    const added = await server.manage('POST', `${path}/credentials`, { name: 'second' })
    keep('an added secret', added.body.clientSecret)
    const rotated = await server.manage('POST', `${path}/rotate`, { overlapSeconds: 0 })
    who.clientSecret = keep('a rotated secret', rotated.body.clientSecret)
    return { who, path }
  }

  /** The same of an account of a company, which changes in every way and goes. */
  async function makeCompanySecrets() {
    const tree = await newTree(server)
    const made = await member(server, tree, { role: 'reporter' })
    keep('a secret in a company', made.clientSecret)
    keep('a token with roles', expectToken(await server.token(made)))
    const path = `${tree.path}/service-accounts/${made.clientId}`
    const added = bodyOf(await server.manage('POST', `${path}/credentials`, { name: 'b' }), 201)
    keep('an added secret in a company', added.clientSecret)
    const rotated = bodyOf(
      await server.manage('POST', `${path}/rotate`, { overlapSeconds: 60 }),
      200,
    )
    keep('a rotated secret in a company', rotated.clientSecret)
    const client = bodyOf(await server.manage('POST', '/clients', { client_name: 'client' }), 201)
    keep('the secret of a client', client.client_secret)
    bodyOf(await server.manage('PATCH', path, { role: '', state: 'disabled' }), 200)
    expect((await server.manage('DELETE', tree.path)).status).toBe(204)
  }

  /** Logs in, misses, asks and revokes in every way, so that everything has had its chance to stay. */
  async function useSecrets({ who, path }: Awaited<ReturnType<typeof makeSecrets>>) {
    const token = keep('a token', expectToken(await server.token(who)))
    const ended = keep('a revoked token', expectToken(await server.token(who)))
    const signer = await keyClient(server, { pair: rsa })
    const assertion = keep('an assertion', assertionOf(signer, server))
    keep('a token for an assertion', expectToken(await login(server, assertion)))
    note(await login(server, assertion))
    const foreign = { claims: { aud: 'https://evil.example' } }
    note(await login(server, keep('a refused assertion', assertionOf(signer, server, foreign))))
    const wrong = keep('a wrong secret', `ost_sk_${'w'.repeat(43)}_wrong1`)
    note(await server.token({ ...who, clientSecret: wrong }))
    note(await server.token({ clientId: wrong, clientSecret: who.clientSecret }))
    const headers = { authorization: basic(who) }
    note(await post(server, grant({ client_secret: who.clientSecret })))
    note(await post(server, grant({ scope: who.clientSecret }), { headers }))
    note(await post(server, grant({ audience: token }), { headers }))
    note(await post(server, `token=${token}`, { path: introspectPath, headers }))
    note(await post(server, `token=${ended}`, { path: revokePath, headers }))
    for (const value of [who.clientSecret, token, assertion, server.admin.clientKey]) {
      note(await server.call(`/tokeninfo?access_token=${value}`))
      note(await server.call('/tokeninfo', { headers: { authorization: `Bearer ${value}x` } }))
      note(await server.call(accountsPath, { headers: { 'client-key': `${value}x` } }))
      note(await server.call('/tokeninfo', { headers: { 'x-request-id': value } }))
      note(await server.manage('PATCH', path, { state: value }))
      note(await server.manage('PATCH', path, { [value]: 1 }))
      note(await server.manage('POST', `${path}/rotate`, { overlapSeconds: value }))
      note(await server.manage('GET', `/api/audit?from=${value}`))
    }
  }

  beforeAll(async () => {
    server = await startTestServer({ store: own })
    const made = await makeSecrets()
    await makeCompanySecrets()
    await useSecrets(made)
    answers.length = 0
    for (const end of ['', '/credentials']) note(await server.manage('GET', `${made.path}${end}`))
    for (const query of [
      '?per_page=200',
      '?expand=*',
      '?fields=clientSecret,digest',
      '?view=full',
    ]) {
      note(await server.manage('GET', `${accountsPath}${query}`))
      note(await server.manage('GET', `/api/audit${query}`))
    }
    note(await server.manage('GET', '/api/audit?per_page=200'))
    note(await server.manage('PATCH', made.path, { description: 'changed' }))
    note(await server.call('/-/ready'))
    note(await server.call('/.well-known/jwks.json'))
  })
  afterAll(async () => await server.close())

  test('would be found if it were there, however it is spelled', () => {
    for (const [name, value] of members()) {
      const [wrapped, digest] = [`"x${value}"`, createHash('sha256').update(value).digest('hex')]
      for (const text of [wrapped, digest, Buffer.from(`ab${value}`).toString('base64')]) {
        expect(found(Buffer.from(text))).toContain(name)
      }
    }
    expect(marked.size).toBe(16)
  })

  test('is in no file of the data folder, whatever the database has not yet written', () => {
    const files = filesIn(join(server.dir, 'data'))
    if (store.name === 'SQLite') expect([...files.keys()]).toContain('ostiary.db')
    for (const [name, bytes] of files) expect([name, found(bytes)]).toEqual([name, []])
  })

  test('is in no record of the store, nor in its audit log', async () => {
    const files = Buffer.concat([...filesIn(join(server.dir, 'data')).values()])
    const at = uri()
    const bytes = at === undefined ? files : await dump(at)
    expect(bytes.includes(server.admin.clientId)).toBe(true)
    expect(found(bytes)).toEqual([])
  })

  test('is in no answer that lists or shows an account, a credential or the audit log', () => {
    const all = answers.join('\n')
    expect(all).toContain(server.admin.clientId)
    expect(all).toContain('account.create')
    expect(found(Buffer.from(all))).toEqual([])
    expect(all).not.toMatch(/"(digest|pepper|secretHash|clientSecret)"/)
  })

  test('is in no line of the log, not even of the most talkative one', () => {
    expect(server.logged.some((line) => line.includes('login refused'))).toBe(true)
    expect(server.logged.length).toBeGreaterThan(40)
    expect(server.logged.filter((line) => found(Buffer.from(line)).length > 0)).toEqual([])
  })

  test('is in bootstrap.json when the first start made it, else not, and never beside the keys', () => {
    const dir = join(server.dir, 'data')
    const bootstrap = readFileSync(join(dir, 'bootstrap.json'))
    const known = ['the first secret', 'the client key']
    expect(found(bootstrap)).toEqual(known)
    const keys = Buffer.concat([...filesIn(join(server.dir, 'keys')).values()])
    expect([keys.length > 0, found(keys)]).toEqual([true, []])
  })
})
