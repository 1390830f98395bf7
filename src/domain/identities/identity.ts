import type { Binding } from '../access/binding.ts'
import { companyPlace, type Place } from '../access/places.ts'
import { ownerRole } from '../access/roles.ts'
import { companyOf, pathOf } from '../access/tree.ts'
import type { AuthMethod, KnownAccount } from '../accounts/account.ts'
import type { AccountState } from '../accounts/states.ts'
import type { SubjectRef } from '../companies/company.ts'
import type { Group } from '../groups/group.ts'
import { timeOf } from '../ids.ts'
import type { Known } from '../known.ts'
import { type ShownUserState, shownState, type User } from '../users/user.ts'

/** What can hold roles in a company. */
export const identityTypes = ['user', 'group', 'serviceaccount'] as const

/** A person, a group or an account of a company. */
export interface Identity {
  readonly id: string
  readonly name: string
  readonly type: (typeof identityTypes)[number]
  /** Milliseconds. */
  readonly createdAt: number
  /** The roles that it holds by itself, wherever that is. */
  readonly bindings: readonly Binding[]
  /** Who it is for groups and companies; absent for a group: groups hold no groups. */
  readonly ref?: SubjectRef
  /** Absent for a group. */
  readonly state?: AccountState | ShownUserState
  /** How an account logs in; absent for all others. */
  readonly method?: AuthMethod
}

/** An account as one of the identities of its company. */
function accountIdentity(account: KnownAccount): Identity {
  const { id, clientId, name, bindings, state, authMethod: method } = account
  const ref = { kind: 'account', id: clientId } as const
  const what = { type: 'serviceaccount', state, method } as const
  return { id: clientId, name, createdAt: timeOf(id), bindings, ref, ...what }
}

/** A group as one of the identities of its company. */
function groupIdentity({ id, name, createdAt, bindings }: Group): Identity {
  return { id, name, type: 'group', createdAt, bindings }
}

/** A person as one of the identities of a company. */
export function userIdentity(user: User): Identity {
  const { id, name, createdAt, bindings } = user
  const ref = { kind: 'person', id } as const
  return { id, name, type: 'user', createdAt, bindings, ref, state: shownState(user) }
}

/** The record of whatever can hold roles. Lists keep these: what is made of each lives as long as its row. */
export type IdentityRecord = KnownAccount | Group | User

/** What is made of a record, by what it is of. */
export interface ByType<T> {
  readonly account: (record: KnownAccount) => T
  readonly group: (record: Group) => T
  readonly user: (record: User) => T
}

/** Tells the records of accounts, groups and people apart. */
export function byType<T>({ account, group, user }: ByType<T>): (record: IdentityRecord) => T {
  return (record) => {
    if ('clientId' in record) return account(record)
    return 'members' in record ? group(record) : user(record)
  }
}

/** An account, a group or a person as an identity. */
export const identityOf = byType<Identity>({
  account: accountIdentity,
  group: groupIdentity,
  user: userIdentity,
})

/** A role that somebody holds in a company, and the group that hands it on, if one does. */
export interface HeldRole extends Binding {
  readonly group?: string
}

/** Whether a place is there, in a company. */
function isIn(known: Known, company: Place, on: Place): boolean {
  const path = pathOf(known, on)
  return path !== undefined && companyOf(path) === company
}

/** The roles that somebody holds in one company by itself: that of its founder, too. */
export function ownRoles(
  known: Known,
  companyId: string,
  { bindings, ref }: Identity,
): readonly Binding[] {
  const company = companyPlace(companyId)
  const founded = ref ? known.foundedBy(ref).some(({ id }) => id === companyId) : false
  const isOwner = bindings.some(({ on, role }) => on === company && role === ownerRole)
  const owner = founded && !isOwner ? [{ on: company, role: ownerRole }] : []
  return [...owner, ...bindings.filter(({ on }) => isIn(known, company, on))]
}

/** The roles that groups of one company hand on to somebody. */
export function rolesOfGroups(
  known: Known,
  companyId: string,
  { ref }: Identity,
): readonly HeldRole[] {
  const groups = ref ? known.groupsOf(ref).filter(({ company }) => company === companyId) : []
  return groups.flatMap(({ id, bindings }) =>
    bindings
      .filter(({ on }) => isIn(known, companyPlace(companyId), on))
      .map((binding) => ({ ...binding, group: id })),
  )
}

/** Whether a person has anything to do with a company: a role in it, or a place in one of its groups. */
export function belongsTo(known: Known, companyId: string, user: User): boolean {
  const identity = userIdentity(user)
  if (ownRoles(known, companyId, identity).length > 0) return true
  return known
    .groupsOf({ kind: 'person', id: user.id })
    .some(({ company }) => company === companyId)
}
