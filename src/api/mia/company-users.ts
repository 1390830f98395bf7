import type { Static } from 'typebox'
import type { CompanyUser } from '../../domain/users/company-user.ts'
import type { Invitation } from '../../domain/users/invite.ts'
import { shownState } from '../../domain/users/user.ts'
import { Type } from '../../schema/type.ts'
import { roleFilter, userFilters } from './list-filters.ts'
import { closed as onlyThese, wholeListMembers } from './list-queries.ts'
import { companyRoles, projectRoles } from './place-views.ts'
import { ProjectRoles } from './replies.ts'
import { closed, roleMembers } from './schemas.ts'
import { shownLogin, UserState } from './users.ts'

/** A mail address: something before an at sign and something behind it, all of it seen. */
export const email = Type.String({
  minLength: 3,
  maxLength: 254,
  pattern: '^[^\\s@\\p{C}]+@[^\\s@\\p{C}]+$',
  expected: 'a mail address of at most 254 characters',
})

/** What invites somebody into a company. */
export const InviteUser = Type.Object(
  {
    email,
    role: Type.String({ minLength: 1, maxLength: 128, expected: 'a role on the company' }),
  },
  closed,
)

/** What changes the roles of a person or of a group; what is absent stays. */
export const BindRoles = Type.Object(roleMembers, {
  ...closed,
  minProperties: 1,
  expected: 'a JSON object with role or projectsRole',
})

/** The query of the list of people of a company. */
export const CompanyUsersQuery = Type.Object(
  { ...wholeListMembers, ...userFilters, ...roleFilter },
  onlyThese,
)

/** The query of a removal. */
export const RemoveUserQuery = Type.Object(
  {
    removeFromGroups: Type.Optional(
      Type.Enum(['true', 'false'], {
        expected: 'true or false; without it memberships in groups stay',
      }),
    ),
  },
  onlyThese,
)

const text = (description: string) => Type.String({ description })

/** A person of a company, as its members see them. */
export const CompanyUserReply = Type.Object({
  userId: Type.String(),
  email: text('empty where it is not known'),
  fullname: Type.String(),
  name: Type.String(),
  state: UserState,
  companyRoles: Type.Array(Type.String()),
  projects: Type.Array(ProjectRoles),
  lastLogin: text('a time (RFC 3339); empty when they never signed in'),
  groups: Type.Array(Type.Object({ _id: Type.String(), name: Type.String() })),
})

/** A person of a company, as its members see them. */
export function companyUserView({ user, roles, groups, lastLogin }: CompanyUser) {
  const { id, name, email: address = '' } = user
  return {
    userId: id,
    email: address,
    fullname: name,
    name,
    state: shownState(user),
    companyRoles: companyRoles(roles),
    projects: projectRoles(roles),
    lastLogin: shownLogin(lastLogin),
    groups: groups.map((group) => ({ _id: group.id, name: group.name })),
  }
}

/** An invitation, as the domain takes it. */
export function invitationInput(given: Static<typeof InviteUser>): Invitation {
  return { ...given, email: given.email.normalize('NFC') }
}
