import type { Static } from 'typebox'
import { authMethods } from '../../domain/accounts/account.ts'
import type { AccountFilter } from '../../domain/accounts/filter.ts'
import type { AccountState } from '../../domain/accounts/states.ts'
import { companyStates } from '../../domain/companies/company.ts'
import type { IdentityFilter } from '../../domain/identities/list.ts'
import type { CompanyUserFilter } from '../../domain/users/filter.ts'
import { shownUserStates } from '../../domain/users/user.ts'
import { Type } from '../../schema/type.ts'
import { queriedMoment } from './moments.ts'

const states = {
  enabled: 'enabled',
  disabled: 'disabled',
  draft: 'draft',
  DRAFT: 'draft',
  PUBLIC: 'enabled',
  TRASH: 'trash',
  DELETED: 'deleted',
} as const satisfies Record<string, AccountState>
const stateNames = ['enabled', 'disabled', 'draft', 'DRAFT', 'PUBLIC', 'TRASH', 'DELETED'] as const

const oneOf = <const T extends string>(names: readonly T[]) =>
  Type.Optional(Type.Enum([...names], { expected: names.join(', ') }))
const someMoment = (description: string) =>
  Type.Optional(Type.String({ maxLength: 64, description: `a time (RFC 3339): ${description}` }))
const someRole = (expected: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 256, expected }))

const method = Type.Optional(Type.Enum(authMethods, { expected: authMethods.join(' or ') }))

/** What narrows a list of groups, and others whose rows show one role on the company. */
export const roleFilter = { role: someRole('a role that is set on the company for itself') }

/** What narrows a list of companies. */
export const companyFilters = { state: oneOf(companyStates) }

/** What narrows a list of accounts. */
export const accountFilters = {
  state: oneOf(stateNames),
  method,
  rotating: Type.Optional(
    Type.Enum(['true', 'false'] as const, {
      expected: 'true for those of which a secret is still good that another took the place of',
    }),
  ),
  expiresBefore: someMoment('those of which the next credential ends before it'),
  unusedSince: someMoment('those that were not used since; never counts'),
}

/** What narrows a list of people. */
export const userFilters = {
  state: oneOf(shownUserStates),
  unusedSince: someMoment('those that did not sign in since; never counts'),
}

/** What narrows a list of identities. */
export const identityFilters = {
  role: someRole('a role that counts on the company, by a group too'),
  state: oneOf([...stateNames, 'invited']),
  method,
}

const AccountFilters = Type.Object({ ...accountFilters, ...roleFilter })

/** Which accounts are asked for. Fails with `request.invalid`. */
export function accountFilter(query: Static<typeof AccountFilters>): AccountFilter {
  const { state, method: how, role, rotating, expiresBefore, unusedSince } = query
  return {
    ...(state !== undefined && { states: [states[state]] }),
    ...(how !== undefined && { method: how }),
    ...(role !== undefined && { role }),
    ...(rotating !== undefined && { rotating: rotating === 'true' }),
    ...(expiresBefore !== undefined && {
      expiresBefore: queriedMoment('expiresBefore', expiresBefore),
    }),
    ...(unusedSince !== undefined && { unusedSince: queriedMoment('unusedSince', unusedSince) }),
  }
}

const UserFilters = Type.Object({ ...userFilters, ...roleFilter })

/** Which people are asked for. Fails with `request.invalid`. */
export function userFilter(query: Static<typeof UserFilters>): CompanyUserFilter {
  const { state, role, unusedSince } = query
  return {
    ...(state !== undefined && { state }),
    ...(role !== undefined && { role }),
    ...(unusedSince !== undefined && { unusedSince: queriedMoment('unusedSince', unusedSince) }),
  }
}

const IdentityFilters = Type.Object(identityFilters)

/** Which identities are asked for. */
export function identityFilter(query: Static<typeof IdentityFilters>): IdentityFilter {
  const { state, role, method: how } = query
  return {
    ...(state !== undefined && { state: state === 'invited' ? state : states[state] }),
    ...(role !== undefined && { role }),
    ...(how !== undefined && { method: how }),
  }
}
