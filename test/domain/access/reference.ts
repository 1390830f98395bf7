import type { Binding } from '../../../src/domain/access/binding.ts'
import type { Place } from '../../../src/domain/access/places.ts'
import { builtInRole } from '../../../src/domain/access/roles.ts'
import type { RandomTree } from './random-tree.ts'

/** Somebody who is asked about, by id. */
export interface Asked {
  readonly kind: 'account' | 'person' | 'group'
  readonly id: string
}

/** What a permission at the root allows besides itself, each pair by itself. */
const fromRoot = [
  ['console.root.company.delete', 'console.company.delete'],
  ['console.root.project.create', 'console.company.project.create'],
  ['console.root.project.details.update', 'console.company.details.update'],
  ['console.root.project.details.update', 'console.company.project.details.update'],
  ['console.root.project.details.update', 'console.project.details.update'],
  ['console.root.project.delete', 'console.company.project.delete'],
  ['console.root.project.delete', 'console.project.delete'],
  ['console.root.templates.manage', 'console.company.templates.manage'],
  ['marketplace.root.manage', 'marketplace.company.resources.manage'],
]

interface Around {
  readonly company?: string
  readonly project?: string
  readonly environment?: string
}

/** The company, the project and the environment of a place; undefined: it is not there. */
function around(tree: RandomTree, place: Place): Around | undefined {
  const [level, id = '', envId] = place.split(':')
  if (level === 'root') return {}
  const project = level === 'company' ? undefined : tree.projects.find((one) => one.id === id)
  const companyId = level === 'company' ? id : project?.company
  const company = tree.companies.find((one) => one.id === companyId)
  if (!company) return undefined
  if (level === 'company') return { company: `company:${company.id}` }
  const above = { company: `company:${company.id}`, project: `project:${id}` }
  if (level === 'project') return above
  const isThere = tree.environments.some((one) => one.project === id && one.envId === envId)
  return isThere ? { ...above, environment: place } : undefined
}

/** All bindings of somebody: their own, those of their groups, and of companies that they founded. */
function bindingsOf(tree: RandomTree, { kind, id }: Asked): readonly Binding[] {
  const is = (ref: { readonly kind: string; readonly id: string } | undefined) =>
    ref?.kind === kind && ref.id === id
  return [
    ...tree.accounts.filter((one) => kind === 'account' && one.clientId === id),
    ...tree.users.filter((one) => kind === 'person' && one.id === id),
    ...tree.groups.filter((one) => kind === 'group' && one.id === id),
    ...tree.groups.filter(({ members }) => members.some(is)),
    ...tree.companies
      .filter(({ founder }) => is(founder))
      .map((company) => ({
        bindings: [{ on: `company:${company.id}` as const, role: 'company-owner' }],
      })),
  ].flatMap(({ bindings }) => bindings)
}

/** Whether a role, as it stands on a place, lists a permission. */
function lists(tree: RandomTree, { on, role }: Binding, permission: string): boolean {
  const [level] = on.split(':')
  const where = around(tree, on)
  if (!where) return false
  const own = tree.roles.find((one) => one.id === role)
  if (own) {
    const isOfCompany = where.company === `company:${own.company}`
    return isOfCompany && own.permissions.some((name) => name === permission)
  }
  const sort = level === 'company' ? 'company' : 'project'
  const found = builtInRole(role)
  const mayStand = found?.levels.some((one) => one === level) === true
  return mayStand && [...found.at(sort)].some((name) => name === permission)
}

/** Whether somebody holds exactly this permission on exactly this resource. */
function holds(
  tree: RandomTree,
  asked: Asked,
  [permission, on]: readonly [string | undefined, string | undefined],
) {
  if (on === undefined || permission === undefined) return false
  return bindingsOf(tree, asked).some(
    (binding) => binding.on === on && lists(tree, binding, permission),
  )
}

function holdsAtRoot(tree: RandomTree, { kind, id }: Asked, permission: string): boolean {
  const some = [
    ...tree.accounts.filter((one) => kind === 'account' && one.clientId === id),
    ...tree.users.filter((one) => kind === 'person' && one.id === id),
  ]
  return some.some(({ permissions }) => permissions.some((name) => name === permission))
}

interface Turns {
  readonly company: string
  readonly project?: string
  readonly environment?: string
}

/** The permissions of each level that are tried in turn, for the one that is asked about. */
function turns(permission: string): Turns {
  const [, type = '', ...rest] = permission.split('.')
  const word = rest.join('.')
  if (type === 'company') return { company: permission }
  if (type === 'project') return { company: `console.company.project.${word}`, project: permission }
  return {
    company: `console.company.project.environment.${word}`,
    project: `console.project.environment.${word}`,
    environment: permission,
  }
}

/** Whether a permission at the root is enough: the same, that of every view, or one that reaches so far. */
function isAllowedFromRoot(tree: RandomTree, asked: Asked, permission: string): boolean {
  if (permission.split('.')[1] === 'root') return holdsAtRoot(tree, asked, permission)
  if (permission.endsWith('.view') && holdsAtRoot(tree, asked, 'console.root.view')) return true
  const reaching = fromRoot.filter(([, reached]) => reached === permission)
  return reaching.some(([root = '']) => holdsAtRoot(tree, asked, root))
}

/**
 * Whether somebody may do something on a place, as the specification says it: root permissions first,
 * then the permission on the resource itself and its fallbacks on what is above, one after the other.
 */
export function isAllowed(
  tree: RandomTree,
  asked: Asked,
  { permission, place }: { readonly permission: string; readonly place: Place },
): boolean {
  const where = around(tree, place)
  if (!where) return false
  if (isAllowedFromRoot(tree, asked, permission)) return true
  if (permission.split('.')[1] === 'root') return false
  const { company, project, environment } = turns(permission)
  // An owner manages the identities of every project.
  const owner =
    company === 'console.company.project.users.manage' ? 'console.company.users.manage' : undefined
  return (
    holds(tree, asked, [environment, where.environment]) ||
    holds(tree, asked, [project, where.project]) ||
    holds(tree, asked, [company, where.company]) ||
    holds(tree, asked, [owner, where.company])
  )
}
