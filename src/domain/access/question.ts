import { isActive } from '../accounts/account.ts'
import { type Context, isSomebody } from '../context.ts'
import { isLetIn } from '../issuers/trusted.ts'
import type { Known } from '../known.ts'
import { Problem } from '../problem.ts'
import type { Subject } from './bound.ts'
import { type Rights, rightsWith } from './decide.ts'
import { isPermitted } from './may-see.ts'
import { isPermission, type Permission } from './permissions.ts'
import { assertPermitted, isInsider } from './permit.ts'
import {
  companyPlace,
  environmentPlace,
  type Path,
  type Place,
  partsOf,
  projectPlace,
} from './places.ts'
import { accountSubject, groupSubject, rightsOf, rightsOn, userSubject } from './rights.ts'
import { companyAbove, pathOf } from './tree.ts'

/** So many unknown permissions are named at once. */
const mostNamed = 10

/** Whether somebody may do something, as a caller asks it. */
export interface Question {
  /** A client id, or the id of a person or a group; absent: who asks. */
  readonly subject?: string | undefined
  readonly permission: string
  /** The id of a company or a project, or `projectId:envId`; absent or empty: the root. */
  readonly resource?: string | undefined
}

/** Fails with `permission.unknown`, which names the first of those that there are not, and where they begin. */
export function assertPermissionsKnown(questions: readonly Question[]): void {
  const at = questions.findIndex(({ permission }) => !isPermission(permission))
  if (at === -1) return
  const names = new Set(questions.slice(at).map(({ permission }) => permission))
  const unknown = [...names].filter((name) => !isPermission(name)).slice(0, mostNamed)
  throw new Problem('permission.unknown', { unknown, of: 'question', at })
}

/** The permission that is asked about. Fails with `permission.unknown`. */
export function permissionAsked({ permission }: Question): Permission {
  if (isPermission(permission)) return permission
  throw new Problem('permission.unknown', { unknown: [permission], of: 'question' })
}

function placeOf(known: Known, resource: string): Place {
  const [id, envId] = partsOf(resource)
  if (envId !== undefined) return environmentPlace(id, envId)
  return known.companies.get(id) ? companyPlace(id) : projectPlace(id)
}

/** Where in the tree a resource is; undefined: it is not there. */
export function resourcePath(known: Known, resource = ''): Path | undefined {
  return resource === '' ? ['root'] : pathOf(known, placeOf(known, resource))
}

/** The id by which a resource is named. */
const last = (path: Path): Place => path.at(-1) ?? 'root'

/** Fails with `resource.not_found` to strangers, and with `actor.forbidden` to those who may not ask. */
export function assertMayAsk(ctx: Context, own: Rights, path: Path | undefined): Path {
  if (!path || !isInsider(own, path)) throw new Problem('resource.not_found', {})
  assertPermitted(ctx, own, { action: 'access.ask', on: last(path) })
  return path
}

/** Somebody who is asked about. */
interface Found {
  readonly subject: Subject
  /** Whoever may not log in may do nothing. */
  readonly isActive: boolean
}

function foundSubject(ctx: Context, id: string): Found | undefined {
  const { known } = ctx
  const account = known.accountByClientId(id)
  if (account?.live) return { subject: accountSubject(account), isActive: isActive(account) }
  const user = known.users.get(id)
  if (user) return { subject: userSubject(user), isActive: isLetIn(ctx, user) }
  const group = known.groups.get(id)
  return group && { subject: groupSubject(group), isActive: true }
}

/**
 * Where it can be seen who somebody is: an account or a group where it belongs, a person in every company
 * that they have anything to do with; and everybody at the root.
 */
function placesSeenFrom(known: Known, subject: Subject): readonly Place[] {
  if (subject.ref?.kind === 'person') return ['root', ...rightsOf(known, subject).companies()]
  return ['root', ...companyAbove(known, subject.home)]
}

/** Fails with `subject.not_found` to strangers, and with `actor.forbidden` to those who may not ask. */
function assertMayAskAbout(ctx: Context, own: Rights, subject: Subject): void {
  const homes = placesSeenFrom(ctx.known, subject)
  if (homes.some((on) => isPermitted(ctx, own, { action: 'access.ask', on }))) return
  const near = homes.find((on) => own.companies().has(on))
  if (near === undefined) throw new Problem('subject.not_found', {})
  assertPermitted(ctx, own, { action: 'access.ask', on: near })
}

function isSelf({ actor }: Context, subject: string | undefined): boolean {
  if (subject === undefined) return true
  if (!isSomebody(actor)) return false
  return subject === (actor.kind === 'account' ? actor.clientId : actor.id)
}

/** What a question is judged by. */
export interface Judged {
  /** As far as the question reaches. */
  readonly rights: Rights
  /** Undefined where who asks about themselves names a place that is not there. */
  readonly path: Path | undefined
  readonly isActive: boolean
}

/**
 * What a question is judged by, for whoever may ask it: what they hold themselves, up to the ceiling of
 * their token, or what others hold. Fails with `subject.not_found`, `resource.not_found` or
 * `actor.forbidden`.
 */
export function judgedBy(ctx: Context, own: Rights, { subject: id, resource }: Question): Judged {
  const path = resourcePath(ctx.known, resource)
  if (id === undefined || isSelf(ctx, id)) return { rights: own, path, isActive: true }
  const found = foundSubject(ctx, id)
  if (!found) throw new Problem('subject.not_found', {})
  assertMayAskAbout(ctx, own, found.subject)
  const there = assertMayAsk(ctx, own, path)
  const nothing = rightsWith([], { audiences: [] })
  const rights = found.isActive ? rightsOn(ctx.known, found.subject, there) : nothing
  return { rights, path: there, isActive: found.isActive }
}
