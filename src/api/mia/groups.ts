import type { Static } from 'typebox'
import { roleOn } from '../../domain/access/binding.ts'
import { companyPlace } from '../../domain/access/places.ts'
import type { NewMembers } from '../../domain/groups/add-members.ts'
import type { GroupPatch, NewGroup } from '../../domain/groups/groups.ts'
import type { GroupTarget } from '../../domain/groups/target.ts'
import type { ShownGroup } from '../../domain/groups/with-names.ts'
import type { Conditions } from '../../http/conditions.ts'
import { Type } from '../../schema/type.ts'
import { email } from './company-users.ts'
import { demandOf, placeInput } from './inputs.ts'
import { roleFilter } from './list-filters.ts'
import { closed as onlyThese, wholeListMembers } from './list-queries.ts'
import { projectRoles } from './place-views.ts'
import { ProjectRoles } from './replies.ts'
import { rolesInput } from './role-inputs.ts'
import { closed, id, name, roleMembers, roleName } from './schemas.ts'
import { iso } from './views.ts'

const mostNamed = 1000
const members = Type.Array(id, {
  maxItems: mostNamed,
  expected: `an array of at most ${mostNamed} ids of people and client ids`,
})
const externalName = Type.String({
  minLength: 1,
  maxLength: 256,
  pattern: '^(?=.*\\S)[^\\p{C}]*$',
  expected: 'what an issuer calls the group, a text of 1 to 256 characters',
})

/** The query of the list of groups of a company. */
export const GroupsQuery = Type.Object({ ...wholeListMembers, ...roleFilter }, onlyThese)

/** What makes a group of a company. */
export const CreateGroup = Type.Object(
  {
    name,
    role: Type.Optional(roleName),
    members: Type.Optional(members),
    externalName: Type.Optional(externalName),
  },
  closed,
)

/** What changes a group; what is absent stays. */
export const PatchGroup = Type.Object(
  {
    name: Type.Optional(name),
    externalName: Type.Optional(
      Type.Union([externalName, Type.Null()], {
        expected: 'what an issuer calls the group, or null',
      }),
    ),
    ...roleMembers,
  },
  {
    ...closed,
    minProperties: 1,
    expected: 'a JSON object with name, externalName, role or projectsRole',
  },
)

/** What puts somebody into a group. */
export const AddMembers = Type.Object(
  {
    emails: Type.Optional(
      Type.Array(email, { maxItems: 100, expected: 'an array of at most 100 mail addresses' }),
    ),
    memberIds: Type.Optional(members),
  },
  { ...closed, minProperties: 1, expected: 'a JSON object with emails or memberIds' },
)

/** What takes somebody out of a group. */
export const RemoveMembers = Type.Object({ memberIds: members }, closed)

const text = (description: string) => Type.String({ description })
const time = (description: string) => Type.String({ format: 'date-time', description })

/** A group of a company with its members. */
export const GroupReply = Type.Object({
  _id: Type.String(),
  groupId: text('the same as _id'),
  name: Type.String(),
  externalName: Type.Optional(text('what issuers call it, where that is not its name')),
  role: text('the role on the company; empty where it has none'),
  projects: Type.Array(ProjectRoles),
  members: Type.Array(
    Type.Object({
      id: text('the id of a person, or a client id'),
      name: Type.String(),
      type: Type.Enum(['user', 'serviceaccount']),
    }),
  ),
  createdAt: time('when it was made'),
  createdBy: text('who made it'),
  updatedAt: time('when it was last changed'),
})

/** A group, as this dialect shows it. */
export function groupView({ group, roles, members: named }: ShownGroup) {
  const { id: groupId, name: title, externalName: external, company } = group
  return {
    _id: groupId,
    groupId,
    name: title,
    ...(external !== undefined && { externalName: external }),
    role: roleOn(roles, companyPlace(company)),
    projects: projectRoles(roles),
    members: named.map(({ ref, name: of }) => ({
      id: ref.id,
      name: of,
      type: ref.kind === 'person' ? ('user' as const) : ('serviceaccount' as const),
    })),
    createdAt: iso(group.createdAt),
    createdBy: group.createdBy,
    updatedAt: iso(group.updatedAt),
  }
}

const tidy = (given: string) => given.normalize('NFC').trim()

/** A group to be made, as the domain takes it. */
export function createGroupInput(
  companyId: string,
  { role, members: ids = [], ...given }: Static<typeof CreateGroup>,
): NewGroup {
  const roles = role === undefined || role === '' ? [] : rolesInput(companyId, { role })
  const external = given.externalName
  return {
    name: tidy(given.name),
    ...(external !== undefined && { externalName: tidy(external) }),
    roles,
    members: ids,
  }
}

/** A change of a group, as the domain takes it. */
export function patchGroupInput(companyId: string, given: Static<typeof PatchGroup>) {
  const { role: _role, projectsRole: _below, ...rest } = given
  const external = rest.externalName
  const patch: GroupPatch = {
    ...placeInput(rest),
    ...(typeof external === 'string' && { externalName: tidy(external) }),
  }
  return { patch, roles: rolesInput(companyId, given) }
}

/** Who shall be in a group, as the domain takes it. */
export function addMembersInput(given: Static<typeof AddMembers>): NewMembers {
  const { emails = [], memberIds = [] } = given
  return { emails: emails.map((one) => one.normalize('NFC')), memberIds }
}

/** Which group is meant, in which state. */
export function groupTarget(
  params: { readonly companyId: string; readonly groupId: string },
  conditions: Conditions,
): GroupTarget {
  return { ...params, ...demandOf(conditions) }
}
