import { companyPlace } from '../access/places.ts'
import type { Context } from '../context.ts'
import { ownRoles, userIdentity } from '../identities/identity.ts'
import type { ListAsked } from '../lists/page.ts'
import { withLastLogins } from './last-login.ts'
import { type ShownUserState, shownState, type User } from './user.ts'

/** Which people of a list are wanted: those that are all of this. */
export interface UserFilter {
  readonly state?: ShownUserState
  /** Milliseconds; never signed in counts. */
  readonly unusedSince?: number
}

/** The same of the people of a company. */
export interface CompanyUserFilter extends UserFilter {
  /** The role on the company itself. */
  readonly role?: string
}

/** Which people are asked for. */
export interface UsersAsked<F extends UserFilter = UserFilter> extends ListAsked {
  readonly filter?: F
}

/** Leaves of some people those that a filter asks for. */
export function narrowedUsers(ctx: Context, { state, unusedSince }: UserFilter) {
  return async (some: readonly User[]): Promise<readonly User[]> => {
    const found = some.filter((user) => state === undefined || shownState(user) === state)
    if (unusedSince === undefined || found.length === 0) return found
    const seen = await withLastLogins(ctx, found)
    const left = seen.filter(({ lastLogin }) => lastLogin === undefined || lastLogin < unusedSince)
    return left.map(({ user }) => user)
  }
}

/** The same of people of a company. */
export function narrowedCompanyUsers(ctx: Context, companyId: string, filter: CompanyUserFilter) {
  const company = companyPlace(companyId)
  const { role } = filter
  const holds = (user: User) =>
    ownRoles(ctx.known, companyId, userIdentity(user)).some((one) => {
      return one.on === company && one.role === role
    })
  const narrow = narrowedUsers(ctx, filter)
  return (some: readonly User[]) => narrow(role === undefined ? some : some.filter(holds))
}
