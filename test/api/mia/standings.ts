import { actions } from '../../../src/domain/access/actions.ts'
import { rootPermissionNames } from '../../../src/domain/access/permissions.ts'
import { builtInRoles } from '../../../src/domain/access/roles.ts'
import type { Facts } from '../../../src/http/route.ts'
import type { TestServer } from '../../support/server.ts'
import { type Caller, callerFor, create } from './accounts.ts'
import { member, newTree, type Tree } from './companies.ts'

const levels = ['root', 'company', 'project', 'environment'] as const
type Level = (typeof levels)[number]
type Held = { readonly [L in Level]?: ReadonlySet<string> }

/** Somebody who asks, as a reference of its own knows them: nothing here asks the engine. */
export interface Standing {
  readonly title: string
  /** What it holds on the way to its own environment. */
  readonly held: Held
  /** Whether it belongs to no company. */
  readonly isRoot?: true
  /** Whether its company is another one. */
  readonly isStranger?: true
  readonly make: (server: TestServer, own: Tree) => Promise<Caller>
}

/** What a route says of itself that matters to who may call it. */
export type Asked = Pick<Facts, 'method' | 'path' | 'action' | 'at' | 'leave'>

function root(title: string, permissions: readonly string[]): Standing {
  return {
    title,
    held: { root: new Set(permissions) },
    isRoot: true,
    make: async (server) => await callerFor(server, await create(server, { permissions })),
  }
}

function withRole(level: Level, roleId: string, given: (tree: Tree) => object): Standing {
  const role = builtInRoles.find(({ id }) => id === roleId)
  return {
    title: `${roleId} of its ${level}`,
    held: { [level]: new Set<string>(role?.at(level)) },
    make: async (server, own) => await callerFor(server, await member(server, own, given(own))),
  }
}

const onProject = ({ projectId }: Tree, role: string) => ({ projectsRole: [{ projectId, role }] })
const onEnvironment = ({ projectId, envId }: Tree, role: string) => ({
  projectsRole: [{ projectId, environmentsRole: [{ envId, role }] }],
})
const rolesAt = (level: Level) =>
  builtInRoles.filter((role) => role.levels.some((one) => one === level)).map(({ id }) => id)

/** One of each standing that there is, but for custom roles. */
export const standings: readonly Standing[] = [
  root('root account with everything', rootPermissionNames),
  root('root account with nothing', []),
  ...rootPermissionNames.map((name) => root(`root account with ${name}`, [name])),
  ...rolesAt('company').map((role) => withRole('company', role, () => ({ role }))),
  ...rolesAt('project').map((id) => withRole('project', id, (own) => onProject(own, id))),
  ...rolesAt('environment').map((id) => {
    return withRole('environment', id, (own) => onEnvironment(own, id))
  }),
  {
    title: 'member of its company without a role',
    held: {},
    make: async (server, own) => await callerFor(server, await member(server, own)),
  },
  {
    title: 'owner of another company',
    held: {},
    isStranger: true,
    make: async (server) => {
      const own = await newTree(server)
      return await callerFor(server, await member(server, own, { role: 'company-owner' }))
    },
  },
]

/** Routes that an insider may call and whose use case looks at each part: what decides there. */
const partly: Readonly<Record<string, keyof typeof actions>> = {
  'PATCH /api/companies/:companyId/service-accounts/:clientId': 'binding.set_on_company',
  'PATCH /api/companies/:companyId/users/:userId': 'binding.set_on_company',
  'PATCH /api/companies/:companyId/groups/:groupId': 'binding.set_on_company',
  'GET /api/companies/:companyId/identities': 'identity.list',
}

function holds({ held }: Standing, action: keyof typeof actions, at: Level): boolean {
  const reached = levels.slice(0, levels.indexOf(at) + 1)
  const { grantedBy }: { grantedBy: { readonly [L in Level]?: readonly string[] } } =
    actions[action]
  return reached.some((level) => grantedBy[level]?.some((name) => held[level]?.has(name)))
}

/** Whose tree a path is filled from. */
export type Whose = 'own' | 'foreign' | 'absent'

/** What lets a root account know of every company. */
const insights = [
  'console.root.view',
  'console.root.user.bind',
  'console.root.user.manage',
  'console.root.serviceaccount.manage',
]

function knowsOf({ isRoot, isStranger, held }: Standing, whose: Whose): boolean {
  if (whose === 'absent') return false
  if (isRoot) return insights.some((name) => held.root?.has(name))
  return whose === 'own' && !isStranger
}

/** Whether what is held is held on the way to what is asked about. */
function reaches({ isRoot, isStranger }: Standing, at: Level, whose: Whose): boolean {
  if (at === 'root') return true
  return whose !== 'absent' && (isRoot || (whose === 'own' && !isStranger))
}

/** What a standing may do by a route: it, nothing, or not even know that there is anything. */
export function verdict(
  standing: Standing,
  { method, path, action, at: place, leave }: Asked,
  whose: Whose,
): 'allowed' | 'forbidden' | 'unknown' {
  if (leave === 'anybody') return 'allowed'
  const at: Level = leave === 'holder' ? 'company' : (place ?? 'root')
  const isInsider = at === 'root' || knowsOf(standing, whose)
  const asked = leave === 'insider' ? partly[`${method} ${path}`] : action
  const isEnough = asked === undefined || asked === 'none' ? isInsider : holds(standing, asked, at)
  if (isEnough && reaches(standing, at, whose)) return 'allowed'
  return isInsider ? 'forbidden' : 'unknown'
}
