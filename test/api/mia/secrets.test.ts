import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { SignJWT } from 'jose'
import { MongoClient } from 'mongodb'
import { accountsPath, wanted } from '../../support/accounts.ts'
import { basic, startTestServer, type TestServer, tokenPath } from '../../support/server.ts'
import { onEachStore, type TestStore } from '../../support/stores.ts'
import { create, passTime, view } from './accounts.ts'

/** A store that tells where it is, so that its raw contents can be searched. */
function watched(store: TestStore) {
  const fresh = store.fresh()
  return { uri: fresh.env['OSTIARY_STORAGE_URI'], store: { ...store, fresh: () => fresh } }
}

/** The data folder as it lies on the disk: database, journal and all, but for what hands out secrets. */
function filesIn(dir: string): readonly Buffer[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !['bootstrap.json', 'pepper'].includes(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)))
}

async function dump(uri: string): Promise<string> {
  const client = await MongoClient.connect(uri)
  const collections = await client.db().collections()
  const all = await Promise.all(collections.map((collection) => collection.find().toArray()))
  await client.close()
  return JSON.stringify(all)
}

onEachStore('a secret', (store) => {
  let uri: string | undefined
  const secrets: string[] = []
  /** Everything that any route has answered, but for the one answer that shows the secret. */
  const answers: string[] = []
  let server: TestServer

  const seen = (secret: string) =>
    [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64').slice(0, -4),
    ].concat(
      createHash('sha256').update(secret).digest('base64url'),
      createHash('sha256').update(secret).digest('hex'),
    )
  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await server.manage(method, path, body)
    answers.push(answer.text, JSON.stringify([...answer.headers]))
    return answer
  }

  beforeAll(async () => {
    const own = watched(store)
    uri = own.uri
    server = await startTestServer({ store: own.store })
    secrets.push(server.admin.clientSecret, server.admin.clientKey)
    const who = await create(server, { permissions: [view] })
    const path = `${accountsPath}/${who.clientId}`
    const added = await server.manage('POST', `${path}/credentials`, { name: 'two' })
    const rotated = await server.manage('POST', `${path}/rotate`, { overlapSeconds: 60 })
    secrets.push(who.clientSecret, added.body.clientSecret, rotated.body.clientSecret)
    await useAndMisuse(who.clientId)
    for (const end of ['', '/credentials']) await ask('GET', `${path}${end}`)
    for (const query of ['', '?per_page=200', '?expand=*', '?fields=clientSecret']) {
      await ask('GET', `${accountsPath}${query}`)
      await ask('GET', `/api/audit${query}`)
    }
    await ask('PATCH', path, { description: 'changed' })
    await ask('POST', accountsPath, { ...wanted(), clientSecret: secrets[2] })
    await ask('GET', '/tokeninfo')
    await ask('DELETE', path)
    await passTime(server, 120_000)
    await ask('GET', '/api/audit?per_page=200')
  })
  afterAll(async () => await server.close())

  /** Sends secrets, tokens and assertions where they belong, and where they do not. */
  async function useAndMisuse(clientId: string): Promise<void> {
    const [clientSecret = ''] = secrets.slice(-1)
    const token = (await server.token({ clientId, clientSecret })).body.access_token
    const { privateKey } = generateKeyPairSync('ed25519')
    const assertion = await new SignJWT({ iss: clientId, sub: clientId, jti: 'marked-jti' })
      .setProtectedHeader({ alg: 'EdDSA', kid: 'k' })
      .setAudience(server.url)
      .setExpirationTime('1m')
      .sign(privateKey)
    secrets.push(token, assertion)
    const wrong = `wrong-secret-${randomBytes(9).toString('hex')}`
    secrets.push(wrong)
    const post = (path: string, form: Record<string, string>, headers = {}) =>
      server.call(path, { method: 'POST', body: new URLSearchParams(form), headers })
    const login = { authorization: basic({ clientId, clientSecret: wrong }) }
    const grant = { grant_type: 'client_credentials' }
    for (const answer of [
      await post(tokenPath, grant, login),
      await post(tokenPath, { ...grant, client_id: clientId, client_secret: wrong }),
      await post(tokenPath, {
        ...grant,
        client_id: clientId,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      }),
      await post(tokenPath, { grant_type: clientSecret }, login),
      await server.call(`${tokenPath}?client_secret=${clientSecret}`),
      await server.call(`/api/audit?access_token=${token}`),
      await server.call('/tokeninfo', { headers: { authorization: `Bearer ${assertion}` } }),
      await server.call(accountsPath, { headers: { 'client-key': clientSecret } }),
      await post('/api/m2m/oauth/introspect', { token }, { authorization: basic(server.admin) }),
      await post('/api/m2m/oauth/revoke', { token }, { authorization: basic(server.admin) }),
    ]) {
      answers.push(answer.text, JSON.stringify([...answer.headers]))
    }
  }

  test('is shown once, by the answer that makes it, and that answer is not to be stored', async () => {
    const body = wanted()
    const first = await server.manage('POST', accountsPath, body)
    expect(first.headers.get('cache-control')).toBe('no-store')
    const again = await server.manage('POST', accountsPath, body)
    expect([again.status, again.text.includes(first.body.clientSecret)]).toEqual([409, false])
  })

  test('has the form that scanners know, of characters that need no encoding', () => {
    for (const secret of [secrets[0], ...secrets.slice(2, 5)]) {
      expect(secret).toMatch(/^ost_sk_[A-Za-z0-9_-]{43}_[A-Za-z0-9_-]{6}$/)
    }
    expect(server.admin.clientKey).toMatch(/^ost_ck_[A-Za-z0-9_-]{43}_[A-Za-z0-9_-]{6}$/)
  })

  test('is in no other answer of any route', () => {
    const all = answers.join('\n')
    expect(answers.length).toBeGreaterThan(30)
    for (const secret of secrets) for (const form of seen(secret)) expect(all).not.toContain(form)
    expect(all).not.toMatch(/"(digest|pepper|secretHash|hash_value)"/)
  })

  test('is in no line of the log, nor is any token or assertion', () => {
    const all = server.logged.join('')
    expect(server.logged.length).toBeGreaterThan(30)
    for (const secret of secrets) for (const form of seen(secret)) expect(all).not.toContain(form)
    expect(all).not.toContain('marked-jti')
  })

  test('is nowhere in the store, nor is its plain digest', async () => {
    const bytes = [...filesIn(join(server.dir, 'data'))]
    if (uri !== undefined) bytes.push(Buffer.from(await dump(uri)))
    const all = Buffer.concat(bytes)
    expect(all.includes(server.admin.clientId)).toBe(true)
    for (const secret of secrets) {
      for (const form of seen(secret)) expect(all.includes(form)).toBe(false)
    }
  })
})
