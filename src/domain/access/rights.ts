import { isActive, type KnownAccount } from '../accounts/account.ts'
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
import type { User } from '../users/user.ts'
import { type BoundRole, bindingsOf, boundThere, type Subject } from './bound.ts'
import { type Rights, rightsWith } from './decide.ts'
import { rightsBy, rightsByPlace } from './held.ts'
import { Memo } from './memo.ts'
import { companyPlace, levelOf, type Path, type Place } from './places.ts'
import { companyAbove } from './tree.ts'
import { under } from './under.ts'

const allRights = new Memo<Subject, Rights>(rightsByPlace)

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
  return boundThere(known, bindingsOf(known, subject))
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

/** The same without being remembered: where all accounts of a company are looked at, none is asked for again soon. */
export function subjectOfAccount(account: KnownAccount): Subject {
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

/** Where somebody belongs: an account to its own company, or project of one, people to all where they have a part. */
export function homesOf(known: Known, principal: Principal): ReadonlySet<Place> {
  if (principal.kind === 'person') {
    const subject = personSubject(known, principal)
    return new Set(subject && rightsOf(known, subject).companies())
  }
  const { owner = 'root' } = known.accountByClientId(principal.clientId) ?? {}
  return new Set(owner === 'root' ? [] : [owner, ...companyAbove(known, owner)])
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
