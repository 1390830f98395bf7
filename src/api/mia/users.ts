import type { Static } from 'typebox'
import type { UserPatch } from '../../domain/users/everybody.ts'
import type { SeenUser } from '../../domain/users/last-login.ts'
import type { UserTarget } from '../../domain/users/target.ts'
import { shownState, shownUserStates } from '../../domain/users/user.ts'
import type { Conditions } from '../../http/conditions.ts'
import { Type } from '../../schema/type.ts'
import { demandOf, splitPermissions } from './inputs.ts'
import { userFilters } from './list-filters.ts'
import { listMembers, closed as onlyThese, perPage } from './list-queries.ts'
import { closed, permissions, state } from './schemas.ts'
import { iso } from './views.ts'

/** The query of the list of all people. */
export const UsersQuery = Type.Object(
  { ...listMembers, per_page: perPage, ...userFilters },
  onlyThese,
)

/** What changes a person; what is absent stays. */
export const PatchUser = Type.Object(
  { state: Type.Optional(state), permissions: Type.Optional(permissions) },
  { ...closed, minProperties: 1, expected: 'a JSON object with state or permissions' },
)

const text = (description: string) => Type.String({ description })

/** Whether somebody signed in yet, and may. */
export const UserState = Type.Enum([...shownUserStates])

/** A person, as those see them who manage people. */
export const UserReply = Type.Object({
  userId: Type.String(),
  name: Type.String(),
  email: Type.Optional(Type.String()),
  emailVerified: Type.Optional(Type.Boolean({ description: 'whether the issuer vouches for it' })),
  issuer: Type.Optional(text('who says who it is; absent as long as an invitation is open')),
  state: UserState,
  permissions: Type.Array(Type.String(), { description: 'what is granted at the root' }),
  lastLogin: text('a time (RFC 3339); empty when nobody signed in yet'),
  createdAt: text('a time (RFC 3339)'),
  createdBy: text('who invited the person, or sign-in'),
  updatedAt: text('a time (RFC 3339)'),
})

/** A last sign-in, as the console shows it. */
export function shownLogin(at: number | undefined): string {
  return at === undefined ? '' : iso(at)
}

/** A person, as those see them who manage people. */
export function userView({ user, lastLogin }: SeenUser) {
  const { id, name, email, emailVerified, identity, permissions: granted } = user
  return {
    userId: id,
    name,
    ...(email !== undefined && { email, emailVerified: emailVerified === true }),
    ...(identity && { issuer: identity.issuer }),
    state: shownState(user),
    permissions: granted,
    lastLogin: shownLogin(lastLogin),
    createdAt: iso(user.createdAt),
    createdBy: user.createdBy,
    updatedAt: iso(user.updatedAt),
  }
}

/** A change of a person, as the domain takes it. */
export function patchUserInput(given: Static<typeof PatchUser>): UserPatch {
  const { permissions: wanted, ...rest } = given
  return { ...rest, ...(wanted !== undefined && { permissions: splitPermissions(wanted) }) }
}

/** Which person is meant, in which state. */
export function userTarget(userId: string, conditions: Conditions): UserTarget {
  return { userId, ...demandOf(conditions) }
}
