import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { managementRoutes, openRoutes, strangerRoutes } from '../../../src/api/mia/routes.ts'
import { actions, grantsOf } from '../../../src/domain/access/actions.ts'
import type { Facts } from '../../../src/http/route.ts'
import { accountsPath as root, wanted } from '../../support/accounts.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { type Caller, callerFor, callerWith, create, manage, view } from './accounts.ts'
import { companyAccount, memberCaller, newTree, type Tree, withinTree } from './companies.ts'
import { mountedRoutes } from './mounted.ts'

const declared: readonly Facts[] = [...openRoutes, ...strangerRoutes, ...managementRoutes]

/** Whatever is declared is in here; where there is a GET, there is a HEAD (RFC 9110 §9.3.2). */
const routes = declared.flatMap(({ method, path, action }) =>
  (method === 'GET' ? ['GET', 'HEAD'] : [method]).map((name) => [name, path, action] as const),
)
const factsOf = (path: string) => declared.filter((one) => one.path === path)
/** Where a query says what it is about, so that its use case is the first to judge. */
const judgedByQuery = ['/api/access/holders', '/api/companies/:companyId/identities']
/** Whether it is there for whoever is somebody: it leaves out what the caller may not see. */
const isOpen = (method: string, path: string) =>
  factsOf(path).some((one) => {
    if (judgedByQuery.includes(path)) return false
    if (one.method !== (method === 'HEAD' ? 'GET' : method)) return false
    return one.leave === 'anybody' || (one.leave === 'insider' && one.method === 'GET')
  })
/** Whether it is about an account of which a stranger is not told. */
const isHidden = (path: string) => factsOf(path).some(({ leave }) => leave === 'holder')
const filled = (path: string) =>
  withinTree(path, tree).replace(/(explain|holders)$/, '$1?permission=console.company.view')
const ofCompany = '/api/companies/:companyId/service-accounts'
const bodies: Readonly<Record<string, object>> = {
  [`POST ${root}`]: wanted(),
  [`PATCH ${root}/:clientId`]: { description: 'x' },
  [`POST ${root}/:clientId/rotate`]: { overlapSeconds: 0 },
  [`POST ${root}/:clientId/credentials`]: {},
  [`POST ${root}/:clientId/tokens`]: { name: 'x' },
  [`PATCH ${root}/:clientId/tokens/:id`]: { name: 'x' },
  [`POST ${root}/:clientId/tokens/:id/regenerate`]: {},
  'POST /clients': { client_name: 'x' },
  'PATCH /clients/:clientId': { name: 'x' },
  'POST /clients/:clientId/state': { stateTo: 'DRAFT' },
  'POST /api/client-keys': { name: 'x' },
  'PATCH /api/client-keys/:id': { name: 'x' },
  'POST /api/companies': { name: 'x' },
  'PATCH /api/companies/:companyId': { name: 'x' },
  'POST /api/companies/:companyId/projects': { name: 'x' },
  'PATCH /api/projects/:projectId': { name: 'x' },
  'POST /api/projects/:projectId/environments': { name: 'x' },
  'PATCH /api/projects/:projectId/environments/:envId': { name: 'x' },
  [`POST ${ofCompany}`]: companyAccount(),
  [`PATCH ${ofCompany}/:clientId`]: { role: 'guest' },
  [`POST ${ofCompany}/:clientId/rotate`]: { overlapSeconds: 0 },
  [`POST ${ofCompany}/:clientId/credentials`]: {},
  'POST /api/companies/:companyId/roles': { name: 'x', permissions: [] },
  'PATCH /api/companies/:companyId/roles/:roleId': { name: 'x' },
  'POST /api/access/check': { permission: 'console.company.view' },
  'POST /api/issuers': { name: 'x', issuer: 'https://x.example', audience: 'x' },
  'PATCH /api/issuers/:id': { name: 'x' },
  'PATCH /api/users/:userId': { state: 'disabled' },
  'POST /api/companies/:companyId/users': { email: 'x@x.example', role: 'guest' },
  'PATCH /api/companies/:companyId/users/:userId': { role: 'guest' },
  'POST /api/companies/:companyId/groups': { name: 'x' },
  'PATCH /api/companies/:companyId/groups/:groupId': { role: 'guest' },
  'POST /api/companies/:companyId/groups/:groupId/members': { memberIds: ['x'] },
  'DELETE /api/companies/:companyId/groups/:groupId/members': { memberIds: ['x'] },
}
/** The one of those with a token that asks for no permission: it tells a token about itself. */
const openToAnyToken = ['/tokeninfo']

let server: TestServer
let nobody: Caller
let tree: Tree
let manager: Caller

beforeAll(async () => {
  server = await startTestServer()
  tree = await newTree(server)
  // Of the company, so that it may know what is there; without a role in it.
  nobody = await memberCaller(server, tree)
  manager = await callerWith(server, [manage])
})
afterAll(async () => await server.close())

describe('every management route', () => {
  test('is known to these tests', () => {
    expect(routes.length).toBeGreaterThanOrEqual(15)
    expect(routes.map(([, path]) => path)).toContain(`${root}/:clientId/credentials/:id`)
  })

  test('is declared, and every declaration is a route', () => {
    const folder = resolve(import.meta.dirname, '../../../src/api/mia/routes')
    const nouns = readdirSync(folder).map((file) => file.replace('.ts', ''))
    expect(nouns.toSorted()).toEqual([
      'access',
      'accounts',
      'attention',
      'audit',
      'client-keys',
      'clients',
      'companies',
      'company-accounts',
      'company-audit',
      'company-users',
      'credentials',
      'environments',
      'groups',
      'identities',
      'issuers',
      'peppers',
      'projects',
      'register',
      'revocations',
      'roles',
      'tokeninfo',
      'tokens',
      'users',
    ])
    const mounted = mountedRoutes().map(([method, path]) => `${method} ${path}`)
    expect(mounted.toSorted()).toEqual(
      routes.map(([method, path]) => `${method} ${path}`).toSorted(),
    )
  })

  test('names a known action, but for those that ask for no permission', () => {
    const nameless = declared.filter(({ action }) => !Object.hasOwn(actions, action))
    expect(nameless.map(({ path, action }) => [path, action])).toEqual([
      ['/tokeninfo', 'none'],
      ['/register', 'none'],
    ])
  })

  test.each(routes)('answers 401 without credentials: %s %s', async (method, path) => {
    const headers = { 'client-key': server.admin.clientKey }
    const answer = await server.call(filled(path), { method, headers })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="http/)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    if (method !== 'HEAD') {
      expect(answer.body).toMatchObject({ statusCode: 401, error: 'Unauthorized' })
    }
  })

  test.each(routes.filter(([, path]) => path !== '/register' && !isHidden(path)))(
    'answers 403 to a token without the permission of its action: %s %s',
    async (method, path, action) => {
      const answer = await nobody(method, filled(path), bodies[`${method} ${path}`])
      const isForAll = openToAnyToken.includes(path) || isOpen(method, path)
      expect(answer.status).toBe(isForAll ? 200 : 403)
      if (method !== 'HEAD' && !isForAll) {
        expect(answer.body).toMatchObject({ code: 'actor.forbidden', error: 'Forbidden' })
        const [first = 'none'] = action === 'none' ? [] : (grantsOf(action).root ?? [])
        expect(first).toMatch(/^console\.root\./)
        expect(answer.body.message).toContain(first)
      }
    },
  )

  test.each(routes.filter(([, path]) => isHidden(path)))(
    'answers 404 to a token for an account that is none of its business: %s %s',
    async (method, path) => {
      const answer = await nobody(method, filled(path), bodies[`${method} ${path}`])
      expect(answer.status).toBe(404)
      if (method !== 'HEAD') expect(answer.body).toMatchObject({ code: 'account.not_found' })
    },
  )

  test.each(routes)('answers another method with 405 and Allow: %s %s', async (known, path) => {
    const methods = routes.filter(([, other]) => other === path).map(([method]) => method)
    expect(methods).toContain(known)
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      if (methods.includes(method)) continue
      const answer = await server.call(filled(path), { method })
      expect([answer.status, answer.body.code]).toEqual([405, 'method.not_allowed'])
      expect((answer.headers.get('allow') ?? '').split(', ').sort()).toEqual([...methods].sort())
    }
  })

  test('answers a method that no route takes with 405 where there is a path, and else with 404', async () => {
    const known = await server.call('/tokeninfo', { method: 'PROPFIND' })
    expect([known.status, known.headers.get('allow')]).toEqual([405, 'HEAD, GET'])
    const unknown = await server.call('/nothing', { method: 'PROPFIND' })
    expect([unknown.status, unknown.body.code]).toEqual([404, 'route.not_found'])
    expect(unknown.headers.get('allow')).toBeNull()
  })

  test('answers no cross-origin reader, and may not be framed', async () => {
    const headers = { origin: 'https://evil.example' }
    for (const [method, path] of [...routes, ['OPTIONS', root]] as const) {
      const answer = await server.call(filled(path), { method, headers })
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    }
  })
})

test.each([
  '/',
  '/api',
  '/api/',
  `${root}/`,
  `${root}/x/`,
  '/API/audit',
  '/tokeninfo/',
  `/${root}`,
])('answers 404 at %s, whoever asks', async (path) => {
  for (const answer of [await server.call(path), await server.manage('GET', path)]) {
    expect([answer.status, answer.body.code]).toEqual([404, 'route.not_found'])
  }
})

describe('a bearer token', () => {
  test.each([
    ['no scheme', (token: string) => token],
    ['Basic', (token: string) => `Basic ${token}`],
    ['two tokens', (token: string) => `Bearer ${token} ${token}`],
    ['a changed signature', (token: string) => `Bearer ${token.slice(0, -4)}AAAA`],
    ['a cut token', (token: string) => `Bearer ${token.slice(0, -1)}`],
    ['no signature', (token: string) => `Bearer ${token.split('.').slice(0, 2).join('.')}.`],
    ['a client secret', () => `Bearer ${server.admin.clientSecret}`],
    ['nothing', () => 'Bearer '],
  ])('is refused with %s', async (_, header) => {
    const authorization = header(await server.adminToken())
    for (const path of [root, '/tokeninfo', '/api/audit']) {
      const answer = await server.manage('GET', path, undefined, { authorization })
      expect([answer.status, answer.body.code]).toEqual([401, 'actor.unauthenticated'])
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
    }
  })

  test('opens nothing here when it is for another audience', async () => {
    const who = await create(server, { permissions: [manage, view], audiences: ['https://other'] })
    const caller = await callerFor(server, who, { audience: 'https://other' })
    expect((await caller('GET', root)).status).toBe(401)
    expect((await caller('GET', '/api/audit')).status).toBe(401)
  })

  test('has no more rights than were asked for, though the account holds more', async () => {
    const who = await create(server, { permissions: [manage, view] })
    const caller = await callerFor(server, who, { scope: view })
    expect((await caller('GET', '/api/audit')).status).toBe(200)
    expect((await caller('POST', root, wanted())).status).toBe(403)
  })

  test('loses a right with the next request after the account has lost it', async () => {
    const who = await create(server, { permissions: [view] })
    const caller = await callerFor(server, who)
    expect((await caller('GET', '/api/audit')).status).toBe(200)
    await server.manage('PATCH', `${root}/${who.clientId}`, { permissions: [] })
    expect((await caller('GET', '/api/audit')).status).toBe(403)
  })

  test('gains no right that the account was given after it was issued', async () => {
    const who = await create(server, { permissions: [] })
    const caller = await callerFor(server, who)
    await server.manage('PATCH', `${root}/${who.clientId}`, { permissions: [view] })
    expect((await caller('GET', '/api/audit')).status).toBe(403)
  })
})

describe('nobody', () => {
  test('grants a permission that they do not hold', async () => {
    const answer = await manager('POST', root, wanted({ permissions: [manage, view] }))
    expect([answer.status, answer.body.code]).toEqual([403, 'grant.exceeds_own'])
    expect(answer.body).toMatchObject({ field: 'permissions' })
    expect(answer.body.message).toContain(view)
    const { clientId } = (await manager('POST', root, wanted({ permissions: [manage] }))).body
    const raised = await manager('PATCH', `${root}/${clientId}`, { permissions: [manage, view] })
    expect([raised.status, raised.body.code]).toEqual([403, 'grant.exceeds_own'])
    const { body } = await server.manage('GET', `${root}/${clientId}`)
    expect(body.permissions).toEqual([manage])
  })

  test('grants themselves a permission', async () => {
    const who = await create(server, { permissions: [manage] })
    const caller = await callerFor(server, who)
    const answer = await caller('PATCH', `${root}/${who.clientId}`, { permissions: [manage, view] })
    expect(answer.status).toBe(403)
  })

  test.each([
    ['changes', 'PATCH', '', { description: 'mine' }],
    ['takes rights from', 'PATCH', '', { permissions: [] }],
    ['disables', 'PATCH', '', { state: 'disabled' }],
    ['rotates the secret of', 'POST', '/rotate', { overlapSeconds: 0 }],
    ['adds a secret to', 'POST', '/credentials', {}],
    ['deletes a credential of', 'DELETE', '/credentials/:id', undefined],
    ['revokes the tokens of', 'POST', '/revoke-tokens', undefined],
    ['deletes', 'DELETE', '', undefined],
  ])('%s an account that holds more than they do', async (_, method, end, body) => {
    const above = await create(server, { permissions: [view] })
    const path = `${root}/${above.clientId}`
    const [credential] = (await server.manage('GET', `${path}/credentials`)).body
    const before = await server.manage('GET', path)
    const answer = await manager(method, `${path}${end.replace(':id', credential.id)}`, body)
    expect([answer.status, answer.body.code]).toEqual([403, 'grant.exceeds_own'])
    expect(answer.body.message).toContain(view)
    const after = await server.manage('GET', path)
    expect([after.body, after.headers.get('etag')]).toEqual([
      before.body,
      before.headers.get('etag'),
    ])
    expect((await server.token(above)).status).toBe(200)
  })

  test('uses a narrowed token for more than it says, though their account holds it', async () => {
    const who = await create(server, { permissions: [manage, view] })
    const narrow = await callerFor(server, who, { scope: manage })
    const answer = await narrow('POST', root, wanted({ permissions: [view] }))
    expect([answer.status, answer.body.code]).toEqual([403, 'grant.exceeds_own'])
  })
})
