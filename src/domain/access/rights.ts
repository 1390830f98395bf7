import { isActive, type KnownAccount } from '../accounts/account.ts'
import type { SubjectRef } from '../companies/company.ts'
import {
  type Context,
  isSomebody,
  type PersonLogin,
  type Principal,
  type UsedToken,
} from '../context.ts'
import type { Group } from '../groups/group.ts'
import type { Known } from '../known.ts'
import { isProblem, Problem } from '../problem.ts'
import { Recent } from '../recent.ts'
import { customRoleLevels } from '../roles/custom-role.ts'
import type { User } from '../users/user.ts'
import type { Binding } from './binding.ts'
import { type Holding, type Rights, rightsWith } from './decide.ts'
import { Memo } from './memo.ts'
import type { Permission, RootPermission } from './permissions.ts'
import { companyPlace, levelOf, type Path, type Place } from './places.ts'
import { builtInRole, ownerRole, type Role } from './roles.ts'
import { companyOf, pathOf } from './tree.ts'
import { under } from './under.ts'

/** As much of what is known as a role is looked for in. */
interface WithRoles {
  readonly roles: Pick<Known['roles'], 'get'>
}

/** A role of a company as the engine knows it: what it holds on a place of a level. */
function customRole(known: WithRoles, id: string, company: Place): Role | undefined {
  const made = known.roles.get(id)
  if (!made || companyPlace(made.company) !== company) return undefined
  const held = new Set(made.permissions)
  const { name, description } = made
  return { id, name, description, levels: customRoleLevels, at: () => held }
}

/** A role by its name, as it stands on a place of this company; undefined when there is none. */
export function roleAt(known: WithRoles, id: string, company: Place): Role | undefined {
  return builtInRole(id) ?? customRole(known, id, company)
}

/** What is held by a role, and the company that its place is in. */
interface RoleHolding extends Holding {
  readonly company: Place
}

/** What a binding holds, as long as its place and its role are there. */
function holdingOf(known: Known, { on, role }: Binding, group?: string): RoleHolding | undefined {
  const path = pathOf(known, on)
  const company = path && companyOf(path)
  const found = company && roleAt(known, role, company)
  if (!found) return undefined
  const by = { kind: 'role', role, ...(group !== undefined && { group }) } as const
  return { on, by, permissions: found.at(levelOf(on)), company }
}

/** All that is bound to somebody: who it is, and what is granted to it directly. */
export interface Subject {
  /** Who it is for groups and companies; absent for a group: groups hold no groups. */
  readonly ref?: SubjectRef
  readonly permissions: readonly RootPermission[]
  readonly bindings: readonly Binding[]
  readonly audiences: readonly string[]
  /** The company that it belongs to; absent for root accounts and people. */
  readonly home?: Place
  /** Ids of groups that its login puts it in, besides those that name it. */
  readonly groups?: readonly string[]
}

/** The groups that somebody is in. */
function groupsOf(known: Known, { ref, groups = [] }: Subject): readonly Group[] {
  const claimed = groups.flatMap((id) => known.groups.get(id) ?? [])
  return [...new Set([...(ref ? known.groupsOf(ref) : []), ...claimed])]
}

/** A role that somebody holds, and how it came to them, where it is not bound to them alone. */
export interface BoundRole extends Binding {
  /** The group that hands it on. */
  readonly group?: string
  readonly isFounder?: true
}

/** Every role that somebody holds: by itself, as the founder of a company, and by its groups. */
export function bindingsOf(known: Known, subject: Subject): readonly BoundRole[] {
  const founded = subject.ref ? known.foundedBy(subject.ref) : []
  return [
    ...subject.bindings,
    ...founded.map(
      ({ id }): BoundRole => ({ on: companyPlace(id), role: ownerRole, isFounder: true }),
    ),
    ...groupsOf(known, subject).flatMap(({ id, bindings }) =>
      bindings.map((binding) => ({ ...binding, group: id })),
    ),
  ]
}

function companiesOf(known: Known, subject: Subject, holdings: readonly RoleHolding[]) {
  const bound = holdings.map(({ company }) => company)
  const member = groupsOf(known, subject).map(({ company }) => companyPlace(company))
  return new Set([...bound, ...member, ...(subject.home ? [subject.home] : [])])
}

/** What somebody may do by some of what is bound to it, and by what is granted to it directly. */
function rightsBy(known: Known, subject: Subject, bindings: readonly BoundRole[]): Rights {
  const direct: Holding = {
    on: 'root',
    by: { kind: 'permission' },
    permissions: new Set<Permission>(subject.permissions),
  }
  const byRoles = bindings.flatMap(
    ({ on, role, group }) => holdingOf(known, { on, role }, group) ?? [],
  )
  const { audiences } = subject
  const companies = companiesOf(known, subject, byRoles)
  return rightsWith([direct, ...byRoles], { audiences, companies })
}

const allRights = new Memo<Subject, Rights>((known, subject) =>
  rightsBy(known, subject, bindingsOf(known, subject)),
)

/** What somebody may do by all that is bound to it: of one subject worked out once for each tree. */
export function rightsOf(known: Known, subject: Subject): Rights {
  return allRights.of(known, subject)
}

/** As much of it as a decision about the last place of a path looks at. */
export function rightsOn(known: Known, subject: Subject, path: Path): Rights {
  const near = bindingsOf(known, subject).filter(({ on }) => path.includes(on))
  return rightsBy(known, subject, near)
}

/** The roles of somebody that hold anything: their places and the roles themselves are there. */
export function standingRoles(known: Known, subject: Subject): readonly BoundRole[] {
  return bindingsOf(known, subject).filter(({ on, role }) => holdingOf(known, { on, role }))
}

/** So many accounts are remembered as subjects. */
const mostSubjects = 10_000

const subjects = new Recent<KnownAccount, Subject>(mostSubjects)

/** An account as somebody to whom roles are bound: one subject as long as the account does not change. */
export function accountSubject(account: KnownAccount): Subject {
  const subject = subjects.get(account) ?? subjectOfAccount(account)
  subjects.set(account, subject)
  return subject
}

function subjectOfAccount(account: KnownAccount): Subject {
  const { clientId, permissions, bindings, audiences, owner } = account
  const ref = { kind: 'account', id: clientId } as const
  const isRoot = levelOf(owner) === 'root'
  return { ref, permissions, bindings, audiences, ...(!isRoot && { home: owner }) }
}

/** A person as somebody to whom roles are bound. */
export function userSubject({ id, permissions, bindings }: User): Subject {
  return { ref: { kind: 'person', id }, permissions, bindings, audiences: [] }
}

/** A group by itself: what it hands on to its members. */
export function groupSubject({ company, bindings }: Group): Subject {
  return { permissions: [], bindings, audiences: [], home: companyPlace(company) }
}

/** Whom nobody has bound to anything may do nothing, but for what its groups may. */
function personSubject(known: Known, { id, groups }: PersonLogin): Subject | undefined {
  const user = known.users.get(id)
  return user?.state === 'enabled' ? { ...userSubject(user), groups } : undefined
}

/** The companies that somebody belongs to: an account to its own, people to all where they have a part. */
export function homesOf(known: Known, principal: Principal): ReadonlySet<Place> {
  if (principal.kind === 'person') {
    const subject = personSubject(known, principal)
    return new Set(subject && rightsOf(known, subject).companies)
  }
  const { owner = 'root' } = known.accountByClientId(principal.clientId) ?? {}
  return new Set(owner === 'root' ? [] : [owner])
}

/** A token may have been deleted, or another value made, since it was let in. */
function isStillGood(known: Known, token: UsedToken | undefined): boolean {
  if (!token) return true
  const { live, digest, former } = known.tokenById(token.id) ?? { live: false, digest: '' }
  return live && (digest === token.digest || former?.digest === token.digest)
}

function loginSubject(known: Known, principal: Principal): Subject | undefined {
  if (principal.kind === 'person') return personSubject(known, principal)
  const account = known.accountByClientId(principal.clientId)
  if (!isActive(account) || !isStillGood(known, principal.token)) return undefined
  return accountSubject(account)
}

/** Whoever logged in, with all that is bound to them. Fails with `actor.unauthenticated` when they are not there. */
export function subjectOf(known: Known, principal: Principal): Subject {
  const subject = loginSubject(known, principal)
  if (subject) return subject
  throw new Problem('actor.unauthenticated', { why: 'inactive' })
}

/**
 * What the actor may do at this moment, by every write that was acknowledged: what is bound to it, up
 * to the ceiling that its token sets. Whoever impersonates it must still be there, and lends it
 * nothing. Fails with `actor.unauthenticated`.
 */
export async function currentRights(ctx: Context): Promise<Rights> {
  await ctx.known.catchUp()
  return rightsNow(ctx)
}

function rightsNow({ known, actor }: Context): Rights {
  if (actor.kind === 'system') return rightsWith([], { audiences: [], everything: true })
  if (!isSomebody(actor)) throw new Problem('actor.unauthenticated', { why: 'missing' })
  if (actor.impersonatedBy) subjectOf(known, actor.impersonatedBy)
  return under(known, rightsOf(known, subjectOf(known, actor)), actor.ceiling)
}

/**
 * The same by what is known here, for what is shown of something that was judged already; undefined
 * when the actor is not there any more, perhaps by its own doing.
 */
export function rightsAtHand(ctx: Context): Rights | undefined {
  try {
    return rightsNow(ctx)
  } catch (error) {
    if (isProblem(error, 'actor.unauthenticated')) return undefined
    throw error
  }
}

/**
 * Asserts something of the actor's rights before a request is read any further, at the least cost: by
 * what is known here, and only when that would refuse, by every write that was acknowledged. Nothing
 * may be done on the strength of it.
 */
export async function assertAhead(ctx: Context, assert: (rights: Rights) => void): Promise<void> {
  try {
    assert(rightsNow(ctx))
  } catch {
    assert(await currentRights(ctx))
  }
}
