import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { adminClient, clientSecretBasic } from '../../src/sdk/index.ts'
import { secretClient } from '../e2e/support/accounts.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { failureOf, fakeServer, issuer, json, metadataOf, textOf } from './fake-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

/** A client of the running server that keeps what it sends. */
function watched(url = server.url) {
  const sent: { url: string; body: string }[] = []
  const { clientId, clientSecret, clientKey } = server.admin
  const admin = adminClient({
    url,
    authentication: clientSecretBasic(clientId, clientSecret),
    clientKey: `\uFEFF${clientKey}\n`,
    fetch: async (target, init) => {
      sent.push({ url: target, body: String(init.body) })
      return await fetch(target, init)
    },
  })
  return { admin, sent }
}

describe('an admin client that logs in by itself', () => {
  test('asks for tokens for the issuer that the metadata names, not for the URL that was typed', async () => {
    const typed = `${server.url.replace('127.0.0.1', 'localhost')}/`
    const { admin, sent } = watched(typed)
    await admin.accounts()
    const form = new URLSearchParams(sent.find(({ url }) => url.endsWith('/token'))?.body)
    expect(form.get('audience')).toBe(server.url)
    expect(sent.at(-1)?.url).toMatch(/^http:\/\/localhost:\d+\/api/)
  })

  test('sends every request by the fetch that it was given', async () => {
    const { admin, sent } = watched()
    await admin.accounts()
    expect(sent.map(({ url }) => new URL(url).pathname)).toEqual([
      '/.well-known/oauth-authorization-server',
      '/api/m2m/oauth/token',
      '/api/service-accounts',
    ])
  })
})

describe('a change that depends on what was read', () => {
  const code = 'version.stale'

  test('is made when the account is as it was read', async () => {
    const { admin } = watched()
    const { clientId } = await secretClient(server)
    const { etag } = await admin.account(clientId)
    expect(etag).toMatch(/^"/)
    const changed = await admin.updateAccount(clientId, { description: 'x' }, { ifMatch: etag })
    expect(changed.etag).not.toBe(etag)
    await admin.deleteAccount(clientId, { ifMatch: changed.etag })
  })

  test('is made behind a proxy that compresses, and weakens the tags of what it sends', async () => {
    const { clientId, clientSecret, clientKey } = server.admin
    const admin = adminClient({
      url: server.url,
      authentication: clientSecretBasic(clientId, clientSecret),
      clientKey,
      fetch: async (target, init) => {
        const answer = await fetch(target, init)
        const headers = new Headers(answer.headers)
        headers.set('etag', `W/${headers.get('etag')}`)
        return new Response(await answer.text(), { status: answer.status, headers })
      },
    })
    const { clientId: changed } = await secretClient(server)
    const { etag: ifMatch } = await admin.account(changed)
    const { etag } = await admin.updateAccount(changed, { description: 'x' }, { ifMatch })
    expect([ifMatch, etag]).toEqual([
      expect.stringMatching(/^"1\./),
      expect.stringMatching(/^"2\./),
    ])
  })

  test.each([
    ['updateAccount', (admin, id, given) => admin.updateAccount(id, { description: 'y' }, given)],
    ['deleteAccount', (admin, id, given) => admin.deleteAccount(id, given)],
    ['revokeTokens', (admin, id, given) => admin.revokeTokens(id, given)],
    ['addCredential', (admin, id, given) => admin.addCredential(id, { name: 'b' }, given)],
    ['deleteCredential', (admin, id, given) => admin.deleteCredential(id, 'cred_x', given)],
    ['rotate', (admin, id, given) => admin.rotate(id, { overlapSeconds: 0 }, given)],
  ] satisfies [
    string,
    (
      admin: ReturnType<typeof adminClient>,
      id: string,
      given: { ifMatch?: string | undefined },
    ) => Promise<unknown>,
  ][])('by %s is refused when the account has changed since', async (_, change) => {
    const { admin } = watched()
    const { clientId } = await secretClient(server)
    const { etag } = await admin.account(clientId)
    await admin.updateAccount(clientId, { description: 'meanwhile' })
    const failed = await failureOf(change(admin, clientId, { ifMatch: etag }))
    expect([failed.code, failed.status]).toEqual([code, 412])
  })
})

test('a change of a client key is refused when it has changed since', async () => {
  const { admin } = watched()
  const { id } = await admin.createClientKey({ name: 'first' })
  const { etag: ifMatch } = await admin.clientKey(id)
  const renamed = await admin.updateClientKey(id, { name: 'second' }, { ifMatch })
  const changes = [
    admin.updateClientKey(id, { name: 'third' }, { ifMatch }),
    admin.deleteClientKey(id, { ifMatch }),
  ]
  for (const change of changes) expect((await failureOf(change)).code).toBe('version.stale')
  await admin.deleteClientKey(id, { ifMatch: renamed.etag })
})

/** The names of all methods of a client, those below a noun with it. */
function methodsIn(nouns: object): readonly string[] {
  return Object.entries(nouns).flatMap(([name, value]) =>
    typeof value === 'function' ? [name] : methodsIn(value).map((below) => `${name}.${below}`),
  )
}

describe('every method of an admin client', () => {
  const signal = AbortSignal.abort()
  const which = { clientId: 'a', id: 'b' }
  const calls: Record<string, (admin: ReturnType<typeof adminClient>) => Promise<unknown>> = {
    createAccount: (admin) =>
      admin.createAccount(
        { name: 'a', permissions: [], tokenEndpointAuthMethod: 'client_secret_basic' },
        { signal },
      ),
    accounts: (admin) => admin.accounts({ signal }),
    account: (admin) => admin.account('a', { signal }),
    updateAccount: (admin) => admin.updateAccount('a', {}, { signal }),
    deleteAccount: (admin) => admin.deleteAccount('a', { signal }),
    revokeTokens: (admin) => admin.revokeTokens('a', { signal }),
    credentials: (admin) => admin.credentials('a', { signal }),
    addCredential: (admin) => admin.addCredential('a', {}, { signal }),
    deleteCredential: (admin) => admin.deleteCredential('a', 'b', { signal }),
    rotate: (admin) => admin.rotate('a', { overlapSeconds: 0 }, { signal }),
    createClientKey: (admin) => admin.createClientKey({ name: 'a' }, { signal }),
    clientKeys: (admin) => admin.clientKeys({ signal }),
    clientKey: (admin) => admin.clientKey('a', { signal }),
    updateClientKey: (admin) => admin.updateClientKey('a', {}, { signal }),
    deleteClientKey: (admin) => admin.deleteClientKey('a', { signal }),
    attention: (admin) => admin.attention({ signal }),
    auditExport: (admin) => textOf(admin.auditExport('csv', { signal })),
    'clients.create': (admin) => admin.clients.create({ client_name: 'a' }, { signal }),
    'clients.list': (admin) => admin.clients.list({ signal }),
    'clients.read': (admin) => admin.clients.read('a', { signal }),
    'clients.update': (admin) => admin.clients.update('a', {}, { signal }),
    'clients.move': (admin) => admin.clients.move('a', 'PUBLIC', { signal }),
    'clients.delete': (admin) => admin.clients.delete('a', { signal }),
    audit: (admin) => admin.audit({ signal }),
    peppers: (admin) => admin.peppers({ signal }),
    'companies.create': (admin) => admin.companies.create({ name: 'a' }, { signal }),
    'companies.list': (admin) => admin.companies.list({ signal }),
    'companies.read': (admin) => admin.companies.read('a', { signal }),
    'companies.update': (admin) => admin.companies.update('a', {}, { signal }),
    'companies.delete': (admin) => admin.companies.delete('a', { signal }),
    'projects.create': (admin) => admin.projects.create('a', { name: 'b' }, { signal }),
    'projects.list': (admin) => admin.projects.list({ signal }),
    'projects.read': (admin) => admin.projects.read('a', { signal }),
    'projects.update': (admin) => admin.projects.update('a', {}, { signal }),
    'projects.delete': (admin) => admin.projects.delete('a', { signal }),
    'environments.create': (admin) => admin.environments.create('a', { name: 'b' }, { signal }),
    'environments.list': (admin) => admin.environments.list('a', { signal }),
    'environments.read': (admin) => admin.environments.read('a', 'b', { signal }),
    'environments.update': (admin) => admin.environments.update('a', 'b', {}, { signal }),
    'environments.delete': (admin) => admin.environments.delete('a', 'b', { signal }),
    roles: (admin) => admin.roles({ signal }),
    permissions: (admin) => admin.permissions({ signal }),
    'access.check': (admin) => admin.access.check({ permission: 'a' }, { signal }),
    'access.checkAll': (admin) => admin.access.checkAll([], { signal }),
    'access.explain': (admin) => admin.access.explain({ permission: 'a' }, { signal }),
    'access.holders': (admin) => admin.access.holders({ permission: 'a', signal }),
    me: (admin) => admin.me({ signal }),
    'users.list': (admin) => admin.users.list({ signal }),
    'users.read': (admin) => admin.users.read('a', { signal }),
    'users.update': (admin) => admin.users.update('a', {}, { signal }),
    'users.delete': (admin) => admin.users.delete('a', { signal }),
    'issuers.list': (admin) => admin.issuers.list({ signal }),
    'issuers.read': (admin) => admin.issuers.read('a', { signal }),
    'issuers.create': (admin) =>
      admin.issuers.create({ name: 'a', issuer: 'https://b', audience: 'c' }, { signal }),
    'issuers.update': (admin) => admin.issuers.update('a', {}, { signal }),
    'issuers.delete': (admin) => admin.issuers.delete('a', { signal }),
    'company.identities': (admin) => admin.company('a').identities({ signal }),
    'company.audit': (admin) => admin.company('a').audit({ signal }),
    'company.attention': (admin) => admin.company('a').attention({ signal }),
    'company.auditExport': (admin) => textOf(admin.company('a').auditExport('jsonl', { signal })),
    'company.users.invite': (admin) =>
      admin.company('a').users.invite({ email: 'b@c', role: 'guest' }, { signal }),
    'company.users.list': (admin) => admin.company('a').users.list({ signal }),
    'company.users.read': (admin) => admin.company('a').users.read('b', { signal }),
    'company.users.update': (admin) => admin.company('a').users.update('b', {}, { signal }),
    'company.users.remove': (admin) => admin.company('a').users.remove('b', { signal }),
    'company.groups.create': (admin) => admin.company('a').groups.create({ name: 'b' }, { signal }),
    'company.groups.list': (admin) => admin.company('a').groups.list({ signal }),
    'company.groups.read': (admin) => admin.company('a').groups.read('b', { signal }),
    'company.groups.update': (admin) => admin.company('a').groups.update('b', {}, { signal }),
    'company.groups.delete': (admin) => admin.company('a').groups.delete('b', { signal }),
    'company.groups.addMembers': (admin) =>
      admin.company('a').groups.addMembers('b', {}, { signal }),
    'company.groups.removeMembers': (admin) =>
      admin.company('a').groups.removeMembers('b', { memberIds: [] }, { signal }),
    'company.roles.create': (admin) =>
      admin.company('a').roles.create({ name: 'b', permissions: [] }, { signal }),
    'company.roles.list': (admin) => admin.company('a').roles.list({ signal }),
    'company.roles.read': (admin) => admin.company('a').roles.read('b', { signal }),
    'company.roles.update': (admin) => admin.company('a').roles.update('b', {}, { signal }),
    'company.roles.delete': (admin) => admin.company('a').roles.delete('b', { signal }),
    'company.accounts.create': (admin) =>
      admin
        .company('a')
        .accounts.create({ name: 'b', tokenEndpointAuthMethod: 'client_secret_basic' }, { signal }),
    'company.accounts.list': (admin) => admin.company('a').accounts.list({ signal }),
    'company.accounts.read': (admin) => admin.company('a').accounts.read('b', { signal }),
    'company.accounts.update': (admin) => admin.company('a').accounts.update('b', {}, { signal }),
    'company.accounts.delete': (admin) => admin.company('a').accounts.delete('b', { signal }),
    'company.accounts.credentials': (admin) =>
      admin.company('a').accounts.credentials('b', { signal }),
    'company.accounts.addCredential': (admin) =>
      admin.company('a').accounts.addCredential('b', {}, { signal }),
    'company.accounts.deleteCredential': (admin) =>
      admin.company('a').accounts.deleteCredential('b', 'c', { signal }),
    'company.accounts.rotate': (admin) =>
      admin.company('a').accounts.rotate('b', { overlapSeconds: 0 }, { signal }),
    'company.accounts.revokeTokens': (admin) =>
      admin.company('a').accounts.revokeTokens('b', { signal }),
    'projectTokens.list': (admin) => admin.projectTokens.list('a', { signal }),
    'projectTokens.create': (admin) => admin.projectTokens.create('a', { name: 'b' }, { signal }),
    'projectTokens.read': (admin) => admin.projectTokens.read(which, { signal }),
    'projectTokens.rename': (admin) => admin.projectTokens.rename(which, 'c', { signal }),
    'projectTokens.regenerate': (admin) => admin.projectTokens.regenerate(which, {}, { signal }),
    'projectTokens.delete': (admin) => admin.projectTokens.delete(which, { signal }),
  }

  test('is among those that are tried here', () => {
    const { company, ...admin } = watched().admin
    const found = [...methodsIn(admin), ...methodsIn({ company: company('a') })]
    expect(found.sort()).toEqual(Object.keys(calls).sort())
  })

  test.each(Object.entries(calls))('ends its wait by a signal: %s', async (_, call) => {
    const { fetch } = fakeServer({})
    const token = async () => ({ value: 'token', expiresAt: 0 })
    const admin = adminClient({ url: issuer, token, fetch })
    expect((await failureOf(call(admin))).code).toBe('aborted')
  })
})

describe('an answer', () => {
  const token = async () => ({ value: 'token', expiresAt: 0 })

  test.each([
    ['a page', () => new Response('<html>')],
    ['nothing', () => new Response('')],
    ['an object for a list', () => json({ accounts: [] })],
    ['a list of something else', () => json([{ hello: 'world' }])],
  ])('that is none of the API is refused: %s', async (_, answer) => {
    const { fetch } = fakeServer({ [`${issuer}/api/service-accounts`]: answer })
    const failed = await failureOf(adminClient({ url: issuer, token, fetch }).accounts())
    expect(failed.code).toBe('unexpected_answer')
  })

  test('of a server whose issuer has a path comes from below that path', async () => {
    const name = 'https://shared.example/auth'
    const { fetch } = fakeServer(
      {
        'https://shared.example/.well-known/oauth-authorization-server/auth': () =>
          json(metadataOf(name)),
        [`${name}/token`]: () => json({ access_token: 'token', expires_in: 60 }),
        [`${name}/api/service-accounts`]: () => json([]),
      },
      name,
    )
    const authentication = clientSecretBasic('client', 'secret')
    expect((await adminClient({ url: name, authentication, fetch }).accounts()).items).toEqual([])
  })
})
