import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { openRegistration } from '../api/mia/registering.ts'
import { bytesOf, sendRaw } from '../e2e/support/wire.ts'
import { openTestIssuer } from '../support/issuer.ts'
import { type Answer, basic, startTestServer, type TestServer } from '../support/server.ts'
import { sqlite } from '../support/stores.ts'

/** The headers that callers may rely on, in lower case: nothing else is described. */
const ours = [
  'allow',
  'cache-control',
  'etag',
  'link',
  'location',
  'retry-after',
  'www-authenticate',
  'x-request-id',
  'x-total-count',
]

interface Described {
  readonly headers?: Readonly<Record<string, { readonly required: boolean }>>
  readonly content?: Readonly<Record<string, unknown>>
}
interface Operation {
  readonly operationId: string
  readonly responses: Readonly<Record<string, Described>>
}
interface Document {
  readonly info: object
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}
interface Seen {
  readonly operation: Operation
  readonly pointer: string
  readonly answer: Answer
}

let server: TestServer
let document: Document
const seen: Seen[] = []
const ajv = new Ajv2020({ strict: false, validateFormats: false })

const pointerOf = (...parts: readonly string[]) =>
  parts
    .map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`)
    .join('')

/** Notes an answer under the operation that it is of. */
async function noted(method: string, target: string, call: Promise<Answer>): Promise<Answer> {
  const [path = ''] = target.split('?')
  const answer = await call
  const [template = '', methods = {}] =
    Object.entries(document.paths).find(([one]) =>
      new RegExp(`^${one.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
    ) ?? []
  const operation = methods[method.toLowerCase()]
  if (!operation) throw new Error(`${method} ${path} is not described`)
  const pointer = pointerOf('paths', template, method.toLowerCase(), 'responses')
  seen.push({ operation, pointer, answer })
  return answer
}

type Given = Readonly<Record<string, string>>
const manage = (method: string, path: string, body?: object, headers?: Given) =>
  noted(method, path, server.manage(method, path, body, headers))
const get = (path: string, headers: Given = {}) =>
  noted('GET', path, server.call(path, { headers }))
const post = (path: string, form: Given, headers: Given = {}) =>
  noted(
    'POST',
    path,
    server.call(path, { method: 'POST', headers, body: new URLSearchParams(form) }),
  )

const accounts = '/api/service-accounts'
const keys = '/api/client-keys'
const grant = { grant_type: 'client_credentials' }

async function useAccounts(): Promise<void> {
  const wanted = { permissions: [], tokenEndpointAuthMethod: 'client_secret_basic' }
  const { clientId } = (await manage('POST', accounts, { name: 'one', ...wanted })).body
  const one = `${accounts}/${clientId}`
  await manage('POST', accounts, { name: 'one', ...wanted })
  await manage('POST', accounts, { name: 'two' })
  for (const query of ['', '?sort=name&per_page=1', '?page=0'])
    await manage('GET', accounts + query)
  await manage('GET', one)
  await manage('GET', `${accounts}/nobody`)
  await manage('PATCH', one, { description: 'changed' })
  await manage('PATCH', one, { description: 'late' }, { 'if-match': '"1"' })
  const { body } = await manage('POST', `${one}/credentials`, { name: 'second' })
  await manage('GET', `${one}/credentials`)
  await manage('DELETE', `${one}/credentials/${body.id}`)
  await manage('POST', `${one}/rotate`, { overlapSeconds: 60 })
  await manage('POST', `${one}/revoke-tokens`)
  const token = await manage('POST', `${one}/tokens`, { name: 'long' })
  const kept = `${one}/tokens/${token.body.id}`
  for (const query of ['', '?since=x']) await manage('GET', `/api/revocations${query}`)
  await get('/api/status-lists/list-0')
  await get('/api/status-lists/list-9')
  for (const path of [`${one}/tokens`, kept, `${one}/tokens/none`]) await manage('GET', path)
  await manage('PATCH', kept, { name: 'longer' })
  await manage('POST', `${kept}/regenerate`, {})
  await manage('DELETE', kept)
  await manage('DELETE', one)
  await get(accounts)
  await get(accounts, { authorization: 'Bearer nonsense', 'client-key': server.admin.clientKey })
}

async function useClients(): Promise<void> {
  const { client_id: id } = (await manage('POST', '/clients', { client_name: 'client' })).body
  const one = `/clients/${id}`
  await manage('POST', '/clients', { client_name: 'client' })
  for (const path of ['/clients', '/clients?companyId=none', one]) await manage('GET', path)
  await manage('PATCH', one, { $set: { name: 'other' } })
  for (const stateTo of ['DRAFT', 'DELETED', 'GONE']) {
    await manage('POST', `${one}/state`, { stateTo })
  }
  await manage('DELETE', one)
}

/** Registration is for servers whose settings name a company. */
async function useRegistration(): Promise<void> {
  const { server: open, close } = await openRegistration(sqlite)
  const headers = { 'content-type': 'application/json' }
  const register = (from: TestServer, body: object) => {
    const init = { method: 'POST', headers, body: JSON.stringify(body) }
    return noted('POST', '/register', from.call('/register', init))
  }
  await register(server, { client_name: 'closed' })
  await register(open, {})
  for (let at = 0; at < 12; at += 1) await register(open, { client_name: `guest ${at}` })
  await close()
}

async function useClientKeys(): Promise<void> {
  const { body } = await manage('POST', keys, { name: 'application' })
  for (const path of [keys, `${keys}/${body.id}`, `${keys}/none`]) await manage('GET', path)
  await manage('PATCH', `${keys}/${body.id}`, { state: 'disabled' })
  await manage('DELETE', `${keys}/${body.id}`)
  await manage('GET', '/api/peppers')
}

async function useIssuers(): Promise<void> {
  const issuers = '/api/issuers'
  const given = { name: 'people', issuer: 'https://people.example', audience: 'ostiary' }
  const { body } = await manage('POST', issuers, given)
  await manage('POST', issuers, given)
  for (const path of [issuers, `${issuers}/${body.id}`, `${issuers}/none`])
    await manage('GET', path)
  await manage('PATCH', `${issuers}/${body.id}`, { state: 'disabled' })
  await manage('DELETE', `${issuers}/${body.id}`)
}

async function useUsers(): Promise<void> {
  const issuer = await openTestIssuer()
  const given = { name: 'local', issuer: issuer.url, audience: 'ostiary', allowInsecure: true }
  await manage('POST', '/api/issuers', given)
  const { id } = (await get('/api/me', { authorization: `Bearer ${issuer.token()}` })).body
  await issuer.close()
  for (const path of ['/api/me', '/api/users', `/api/users/${id}`, '/api/users/nobody'])
    await manage('GET', path)
  await manage('PATCH', `/api/users/${id}`, { state: 'disabled' })
  await manage('PATCH', `/api/users/${id}`, { state: 'enabled' }, { 'if-match': '"1"' })
  await manage('DELETE', `/api/users/${id}`)
}

/** The paths of Kubermatic's dialect. */
async function useProjects(): Promise<void> {
  const all = '/api/v1/projects'
  const { id: project } = (await manage('POST', all, { name: 'Plan 9' })).body
  const one = `${all}/${project}`
  for (const path of [all, `${all}?displayAll=true`, one, `${all}/none`]) await manage('GET', path)
  await manage('PUT', one, { name: 'Plan 10' })
  const given = { email: 'one@people.example', projects: [{ id: project, group: 'editors' }] }
  const { id } = (await manage('POST', `${one}/users`, given)).body
  await manage('GET', `${one}/users`)
  await manage('PUT', `${one}/users/${id}`, { id, ...given })
  await manage('DELETE', `${one}/users/${id}`)
  await manage('DELETE', `${one}/users/${id}`)
  const wanted = { name: 'one', group: 'viewers' }
  const { id: account } = (await manage('POST', `${one}/serviceaccounts`, wanted)).body
  await manage('POST', `${one}/serviceaccounts`, wanted)
  await manage('POST', `${one}/serviceaccounts`, {})
  await manage('GET', `${one}/serviceaccounts`)
  await manage('PUT', `${one}/serviceaccounts/${account}`, { id: account, ...wanted })
  const tokens = `${one}/serviceaccounts/${account}/tokens`
  const { id: token } = (await manage('POST', tokens, { name: 'one' })).body
  await manage('POST', tokens, { name: 'one' })
  await manage('GET', tokens)
  await manage('PUT', `${tokens}/${token}`, { id: token, name: 'one' })
  await manage('PATCH', `${tokens}/${token}`, { name: 'two' })
  await manage('DELETE', `${tokens}/${token}`)
  await manage('DELETE', `${one}/serviceaccounts/${account}`)
  await manage('DELETE', one)
  await get(all)
}

async function useAccountsOf(company: string, projectsRole: readonly object[]): Promise<void> {
  const all = `${company}/service-accounts`
  const wanted = { name: 'one', tokenEndpointAuthMethod: 'client_secret_basic' }
  const { clientId } = (await manage('POST', all, { ...wanted, role: 'guest', projectsRole })).body
  const one = `${all}/${clientId}`
  await manage('POST', all, { ...wanted, role: 'emperor' })
  const identities = `${company}/identities`
  const found = [
    all,
    `${all}?q=on`,
    one,
    `${all}/nobody`,
    identities,
    `${identities}?page=0`,
    `${company}/attention`,
    '/api/attention',
  ]
  for (const path of found) await manage('GET', path)
  await manage('PATCH', one, { role: 'developer' })
  const { body } = await manage('POST', `${one}/credentials`, { name: 'second' })
  await manage('GET', `${one}/credentials`)
  await manage('DELETE', `${one}/credentials/${body.id}`)
  await manage('POST', `${one}/rotate`, { overlapSeconds: 60 })
  await manage('POST', `${one}/revoke-tokens`)
  await manage('DELETE', one)
}

async function useRoles(company: string): Promise<void> {
  const all = `${company}/roles`
  const wanted = { name: 'deployer', permissions: ['console.environment.deploy.trigger'] }
  const { roleId } = (await manage('POST', all, wanted)).body
  await manage('POST', all, wanted)
  for (const path of ['/api/roles', '/api/permissions', all, `${all}/${roleId}`, `${all}/none`])
    await manage('GET', path)
  await manage('PATCH', `${all}/${roleId}`, { permissions: ['console.root.view'] })
  await manage('PATCH', `${all}/${roleId}`, { description: 'changed' })
  await manage('DELETE', `${all}/${roleId}`)
}

async function useQuestions(companyId: string): Promise<void> {
  const access = '/api/access'
  const permission = 'console.company.view'
  for (const body of [{ permission }, { questions: [{ permission }] }, { permission: 'x' }, {}])
    await manage('POST', `${access}/check`, body)
  await manage('POST', `${access}/check`, { permission, subject: 'nobody' })
  for (const query of ['', `&resource=${companyId}`, '&resource=nothing', '&subject=nobody'])
    await manage('GET', `${access}/explain?permission=${permission}${query}`)
  const owner = { tokenEndpointAuthMethod: 'client_secret_basic', role: 'company-owner' }
  const accounts = `/api/companies/${companyId}/service-accounts`
  const { body } = await manage('POST', accounts, { name: 'asked', ...owner })
  const about = `permission=${permission}&resource=${companyId}`
  await manage('GET', `${access}/explain?subject=${body.clientId}&${about}`)
  const unheld = 'permission=console.project.delete&resource='
  await manage('GET', `${access}/explain?subject=${body.clientId}&${unheld}`)
  for (const query of [about, `${about}&per_page=1`, 'permission=console.root.view'])
    await manage('GET', `${access}/holders?${query}`)
  const bearer = { authorization: `Bearer ${(await server.token(body)).body.access_token}` }
  await get(`${access}/holders?permission=${permission}`, bearer)
}

async function usePeopleOf(company: string): Promise<void> {
  const users = `${company}/users`
  const given = { email: 'ada@people.example', role: 'guest' }
  const { userId } = (await manage('POST', users, given)).body
  await manage('POST', users, given)
  for (const path of [users, `${users}/${userId}`, `${users}/nobody`]) await manage('GET', path)
  await manage('PATCH', `${users}/${userId}`, { role: 'developer' })
  const groups = `${company}/groups`
  const { groupId } = (await manage('POST', groups, { name: 'one', members: [userId] })).body
  const group = `${groups}/${groupId}`
  for (const path of [groups, group, `${groups}/none`]) await manage('GET', path)
  await manage('PATCH', group, { name: 'two', role: 'guest' })
  await manage('POST', `${group}/members`, { emails: ['grace@people.example'] })
  await manage('POST', `${group}/members`, { memberIds: ['nobody'] })
  await manage('DELETE', `${group}/members`, { memberIds: [userId] })
  await manage('DELETE', `${users}/${userId}`)
  await manage('DELETE', group)
}

async function useTree(): Promise<void> {
  const companies = '/api/companies'
  const { companyId } = (await manage('POST', companies, { name: 'company' })).body
  const company = `${companies}/${companyId}`
  await manage('POST', companies, { name: 'company' })
  const { projectId } = (await manage('POST', `${company}/projects`, { name: 'project' })).body
  const project = `/api/projects/${projectId}`
  const { envId } = (await manage('POST', `${project}/environments`, { name: 'dev' })).body
  const environment = `${project}/environments/${envId}`
  const lists = [companies, `${company}/projects`, '/api/projects', `${project}/environments`]
  for (const path of [...lists, company, project, environment, `${companies}/none`]) {
    await manage('GET', path)
  }
  await usePeopleOf(company)
  const environmentsRole = [{ envId, role: 'reporter' }]
  await useAccountsOf(company, [{ projectId, role: 'guest', environmentsRole }])
  await useRoles(company)
  await useQuestions(companyId)
  for (const query of ['', '?per_page=1', '?from=never', '?after=none']) {
    await manage('GET', `${company}/audit-logs${query}`)
  }
  for (const path of [environment, project, company]) {
    await manage('PATCH', path, { description: 'changed' })
    await manage('PATCH', path, { description: 'late' }, { 'if-match': '"1"' })
    await manage('DELETE', path)
  }
}

async function useTokens(): Promise<void> {
  const login = { authorization: basic(server.admin) }
  const token = '/api/m2m/oauth/token'
  const { access_token: given } = (await post(token, grant, login)).body
  await post(token, { ...grant, scope: 'console.root.view' }, login)
  await post(token, { ...grant, scope: 'nothing' }, login)
  await post(token, { grant_type: 'password' }, login)
  await post(token, grant)
  await noted('POST', token, server.call(token, { method: 'POST', body: '{}' }))
  await post(token, { ...grant, long: 'x'.repeat(60_000) }, login)
  for (const about of ['introspect', 'revoke']) {
    const path = `/api/m2m/oauth/${about}`
    for (const headers of [login, {}]) await post(path, { token: given }, headers)
    await post(path, {}, login)
    await post(path, { token: 'nonsense' }, login)
  }
  const wrong = { authorization: basic({ ...server.admin, clientSecret: 'wrong' }) }
  for (let n = 0; n < 12; n += 1) await post(token, grant, wrong)
}

/** Every path, with a header that may be there once, twice. */
async function useTwice(): Promise<void> {
  const headers = ['Authorization: Bearer x', 'Authorization: Bearer x']
  for (const [path, methods] of Object.entries(document.paths)) {
    if (!('get' in methods)) continue
    const target = path.replaceAll(/\{\w+\}/g, 'none')
    const bytes = bytesOf(server, { method: 'GET', target, headers })
    await noted('GET', target, sendRaw(server, bytes))
  }
}

async function useTheRest(): Promise<void> {
  for (const query of ['', '?per_page=1', '?from=never']) await manage('GET', `/api/audit${query}`)
  await manage('GET', '/tokeninfo')
  await get('/tokeninfo')
  const { headers: home } = await get('/', { accept: 'text/html' })
  await get('/', { accept: 'text/html', 'if-none-match': home.get('etag') ?? '' })
  await get('/')
  const documents = Object.keys(document.paths).filter((path) => !path.includes('{'))
  for (const path of documents.filter((one) =>
    /^\/(\.well-known|openid|api\/openapi|docs|-)/.test(one),
  )) {
    const { headers } = await get(path)
    const etag = headers.get('etag')
    if (etag) await get(path, { 'if-none-match': etag })
  }
}

beforeAll(async () => {
  server = await startTestServer()
  const { paths, ...rest }: Document = (await server.call('/api/openapi.json')).body
  // What stands for another path is answered as that is.
  const own = Object.entries(paths).filter(([, item]) => !('$ref' in item))
  document = { ...rest, paths: Object.fromEntries(own) }
  ajv.addSchema({ ...document, $id: 'api' })
  for (const use of [
    useAccounts,
    useClients,
    useRegistration,
    useClientKeys,
    useIssuers,
    useUsers,
    useTree,
    useProjects,
    useTheRest,
    useTwice,
    useTokens,
  ])
    await use()
})
afterAll(async () => await server.close())

const label = ({ operation, answer }: Seen) => `${operation.operationId} ${answer.status}`

/** Its type and content, held to the schema in the document itself. */
function faultOfBody(one: Seen): readonly string[] {
  const { pointer, operation, answer } = one
  const [type] = Object.keys(operation.responses[answer.status]?.content ?? {})
  if (type === undefined) return answer.text === '' ? [] : [`${label(one)} has a body`]
  const sent = answer.headers.get('content-type')?.split(';')[0]
  const place = `${pointer}${pointerOf(String(answer.status), 'content', type, 'schema')}`
  const validate = ajv.compile({ $ref: `api#${place}` })
  const isGood = sent === type && validate(answer.body ?? answer.text)
  return isGood ? [] : [`${label(one)} ${sent} ${ajv.errorsText(validate.errors)}`]
}

describe('the answers of this server, held to the description of its API', () => {
  test('are a success of every operation, and failures of many kinds', () => {
    const good = new Set(
      seen
        .filter(({ answer }) => answer.status < 300)
        .map(({ operation }) => operation.operationId),
    )
    const all = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    )
    expect(all.filter((name) => !good.has(name))).toEqual([])
    const statuses = new Set(seen.map(({ answer }) => answer.status))
    for (const status of [304, 400, 401, 404, 409, 412, 413, 415, 429]) {
      expect([status, statuses.has(status)]).toEqual([status, true])
    }
  })

  test('have a status that is described', () => {
    const others = seen.filter(({ operation, answer }) => !operation.responses[answer.status])
    expect(others.map(label)).toEqual([])
  })

  test('carry each header that is described as always there, and none of ours that is not', () => {
    const wrong = seen.flatMap((one) => {
      const described = Object.entries(one.operation.responses[one.answer.status]?.headers ?? {})
      const known = new Set(described.map(([name]) => name.toLowerCase()))
      const needed = described.filter(([, { required }]) => required).map(([name]) => name)
      const missing = needed.filter((name) => !one.answer.headers.has(name))
      const extra = ours.filter((name) => one.answer.headers.has(name) && !known.has(name))
      const faults = [
        ...missing.map((name) => `lacks ${name}`),
        ...extra.map((name) => `has ${name}`),
      ]
      return faults.map((fault) => `${label(one)} ${fault}`)
    })
    expect([...new Set(wrong)]).toEqual([])
  })

  test('have a body of the described type and schema, or none where none is described', () => {
    expect([...new Set(seen.flatMap(faultOfBody))]).toEqual([])
  })

  test('are of the version that the package has', () => {
    const file = resolve(import.meta.dirname, '../../package.json')
    expect(document.info).toMatchObject(
      Object.fromEntries([['version', JSON.parse(readFileSync(file, 'utf8')).version]]),
    )
  })
})
