import { managementRoutes } from '../../../src/api/mia/routes.ts'
import type { Facts } from '../../../src/http/route.ts'
import { accountsPath } from '../../support/accounts.ts'
import type { TestServer } from '../../support/server.ts'
import { create } from './accounts.ts'
import { bodyOf, member, newTree, type Tree, uniqueWord } from './companies.ts'

/** A route with the schema of its body. */
export interface Route extends Facts {
  readonly body?: unknown
  readonly query?: {
    readonly required?: readonly string[]
    readonly properties: Readonly<Record<string, { readonly default?: unknown }>>
  }
}
/** Every route that asks for a token. */
export const routes: readonly Route[] = managementRoutes

/** Every id that a path may name, of one tree. */
export type Ids = Readonly<Record<string, string>>

/** Ids of nothing. */
export const absent: Ids = {
  ':companyId': 'comp_none',
  ':projectId': 'proj_none',
  ':envId': 'none',
  ':roleId': 'role_none',
  ':userId': 'user_none',
  ':groupId': 'grp_none',
  ':clientId': 'ost_ci_none',
  ':id of a credential': 'cred_none',
  ':id of a token': '01900000-0000-7000-8000-000000000000',
  ':id of a root account': 'ost_ci_none',
  ':id of /api/client-keys': 'key_none',
  ':id of /api/issuers': 'iss_none',
}

/** A tree that has no id with any other in common: the id of an environment is made of its name. */
export async function otherTree(server: TestServer): Promise<Tree> {
  const tree = await newTree(server)
  const path = `/api/projects/${tree.projectId}/environments`
  const name = uniqueWord('environment')
  const { envId } = bodyOf(await server.manage('POST', path, { name }), 201)
  return { ...tree, envId }
}

/** The id of a person of the company, who has a role below it. */
async function personId(server: TestServer, { path, projectId }: Tree): Promise<string> {
  const given = { email: `${projectId}@people.example`, role: 'guest' }
  const { userId } = bodyOf(await server.manage('POST', `${path}/users`, given), 201)
  const roles = { role: '', projectsRole: [{ projectId, role: 'guest' }] }
  bodyOf(await server.manage('PATCH', `${path}/users/${userId}`, roles), 200)
  return userId
}

/** The ids of a tree, and of things at the root. */
export async function idsOf(server: TestServer, tree: Tree): Promise<Ids> {
  const { clientId } = await member(server, tree)
  const post = async (path: string, body: object) =>
    bodyOf(await server.manage('POST', path, body), 201)
  const role = { name: uniqueWord('role'), permissions: ['console.company.view'] }
  const { roleId } = await post(`${tree.path}/roles`, role)
  const path = `${tree.path}/service-accounts/${clientId}/credentials`
  const [credential] = bodyOf(await server.manage('GET', path), 200)
  const token = await post(`${accountsPath}/${clientId}/tokens`, { name: 'one' })
  const [key] = bodyOf(await server.manage('GET', '/api/client-keys'), 200)
  const issuer = {
    name: tree.companyId,
    issuer: `https://${tree.projectId}.example`,
    audience: 'x',
  }
  const made = await post('/api/issuers', issuer)
  return {
    ':companyId': tree.companyId,
    ':projectId': tree.projectId,
    ':envId': tree.envId,
    ':roleId': roleId,
    ':userId': await personId(server, tree),
    ':groupId': (await post(`${tree.path}/groups`, { name: uniqueWord('group') }))._id,
    ':clientId': clientId,
    ':id of a credential': credential.id,
    ':id of a token': token.id,
    ':id of a root account': (await create(server)).clientId,
    ':id of /api/client-keys': key.id,
    ':id of /api/issuers': made.id,
  }
}

/** Which id a parameter of a path means: where none is known, this table must be told. */
function keyOf(path: string, parameter: string): string {
  const isOfToken = path.includes('/tokens')
  const isOfRoot = path.startsWith(accountsPath) && !isOfToken
  if (isOfRoot && parameter === ':clientId') return ':id of a root account'
  if (parameter !== ':id') return parameter
  if (isOfToken) return ':id of a token'
  return path.includes('/credentials/')
    ? ':id of a credential'
    : `:id of ${path.slice(0, path.indexOf('/:'))}`
}

/** A path with these ids. */
export function filled(path: string, ids: Ids): string {
  return path.replaceAll(/:\w+/g, (parameter) => {
    const id = ids[keyOf(path, parameter)]
    if (id === undefined)
      throw new Error(`say in idsOf and in absent what ${parameter} of ${path} is`)
    return id
  })
}

/** What changes nothing, however much its caller may: it is refused when all else is right. */
export function harmless({ method, body, query, leave, isConditional }: Route) {
  if (leave === 'insider' && body !== undefined)
    return { body: { role: '' }, headers: {}, allowed: [200] }
  // What must be asked for is not: that is found out after who asks.
  const needsQuery = query?.required?.some((name) => query.properties[name]?.default === undefined)
  if (method === 'GET') return { body: undefined, headers: {}, allowed: [needsQuery ? 400 : 200] }
  if (body) return { body: { 'not a member': 1 }, headers: {}, allowed: [400] }
  if (isConditional) return { body: undefined, headers: { 'if-match': '"999"' }, allowed: [412] }
  throw new Error(`say in harmless how ${method} is asked for without a change`)
}

/** What a route is called in a table. */
export const named = ({ method, path }: Route) => `${method} ${path}`
