import { addMembers } from '../../../domain/groups/add-members.ts'
import {
  createGroup,
  deleteGroup,
  listGroups,
  readGroup,
  updateGroup,
} from '../../../domain/groups/groups.ts'
import { removeMembers } from '../../../domain/groups/members.ts'
import { withNames } from '../../../domain/groups/with-names.ts'
import { Rows } from '../../../http/rows.ts'
import { Type } from '../../../schema/type.ts'
import {
  AddMembers,
  addMembersInput,
  CreateGroup,
  createGroupInput,
  GroupReply,
  GroupsQuery,
  groupTarget,
  groupView,
  PatchGroup,
  patchGroupInput,
  RemoveMembers,
} from '../groups.ts'
import { listLinks } from '../links.ts'
import { listAsked } from '../list-queries.ts'
import { RolesUpdated } from '../replies.ts'
import { namingEntries } from '../role-inputs.ts'
import { OfCompany, OfGroup, route } from '../route.ts'
import { entityTag, rolesUpdated, tagged } from '../views.ts'

const root = '/api/companies/:companyId/groups'

/** Groups of a company: making, reading, changing and deleting them, and who is in them. */
export const groupRoutes = [
  route({
    method: 'POST',
    path: root,
    name: 'createGroup',
    summary: 'Make a group of a company, with a role and members',
    action: 'group.create',
    at: 'company',
    clientKey: 'optional',
    params: OfCompany,
    body: CreateGroup,
    calls: { memberIds: 'members' },
    problems: ['company.not_found', 'name.taken', 'group.limit'],
    replies: { 201: GroupReply },
    headers: { ETag: 'always' },
    answer: async (context, { params: { companyId }, body }) => {
      const group = await createGroup(context, companyId, createGroupInput(companyId, body))
      const shown = groupView(withNames(context, group))
      return [201, shown, entityTag(group, shown)]
    },
  }),
  route({
    method: 'GET',
    path: root,
    name: 'listGroups',
    summary: 'List the groups of a company with their members',
    action: 'group.list',
    at: 'company',
    clientKey: 'optional',
    params: OfCompany,
    query: GroupsQuery,
    problems: ['company.not_found'],
    replies: { 200: Type.Array(GroupReply) },
    headers: { Link: 'always', 'X-Total-Count': 'always' },
    answer: async (context, { params, query, place }) => {
      const asked = { ...listAsked(query), role: query.role }
      const page = await listGroups(context, params.companyId, asked)
      const rows = Rows.of(page.items, (group) => groupView(withNames(context, group)))
      return [200, rows, listLinks(place, query, page)]
    },
  }),
  route({
    method: 'GET',
    path: `${root}/:groupId`,
    name: 'readGroup',
    summary: 'Read one group of a company',
    action: 'group.read',
    at: 'company',
    clientKey: 'optional',
    params: OfGroup,
    problems: ['company.not_found', 'group.not_found'],
    replies: { 200: GroupReply },
    headers: { ETag: 'always' },
    answer: async (context, { params }) => {
      const group = await readGroup(context, params)
      return tagged(groupView(withNames(context, group)), group)
    },
  }),
  route({
    method: 'PATCH',
    path: `${root}/:groupId`,
    name: 'updateGroup',
    summary: 'Change the roles of a group, or what it is called',
    action: 'group.bind',
    at: 'company',
    leave: 'insider',
    clientKey: 'optional',
    isConditional: true,
    params: OfGroup,
    body: PatchGroup,
    problems: ['company.not_found', 'group.not_found', 'name.taken', 'company.last_owner'],
    replies: { 200: RolesUpdated },
    headers: { ETag: 'always' },
    answer: async (context, { params, body, conditions }) => {
      const input = patchGroupInput(params.companyId, body)
      const target = groupTarget(params, conditions)
      const group = await namingEntries(body, () => updateGroup(context, target, input))
      return [200, rolesUpdated, entityTag(group)]
    },
  }),
  route({
    method: 'DELETE',
    path: `${root}/:groupId`,
    name: 'deleteGroup',
    summary: 'Delete a group, and with it the roles that its members had by it',
    action: 'group.delete',
    at: 'company',
    clientKey: 'optional',
    isConditional: true,
    params: OfGroup,
    problems: ['company.not_found', 'group.not_found', 'company.last_owner'],
    replies: { 204: null },
    answer: async (context, { params, conditions }) => {
      await deleteGroup(context, groupTarget(params, conditions))
      return [204]
    },
  }),
  route({
    method: 'POST',
    path: `${root}/:groupId/members`,
    name: 'addMembers',
    summary: 'Put people and service accounts into a group, who then have its roles',
    action: 'group.add_members',
    at: 'company',
    clientKey: 'optional',
    isConditional: true,
    params: OfGroup,
    body: AddMembers,
    problems: ['company.not_found', 'group.not_found', 'group.limit'],
    replies: { 200: GroupReply },
    headers: { ETag: 'always' },
    answer: async (context, { params, body, conditions }) => {
      const target = groupTarget(params, conditions)
      const group = await addMembers(context, target, addMembersInput(body))
      return tagged(groupView(withNames(context, group)), group)
    },
  }),
  route({
    method: 'DELETE',
    path: `${root}/:groupId/members`,
    name: 'removeMembers',
    summary: 'Take people and service accounts out of a group',
    action: 'group.remove_members',
    at: 'company',
    clientKey: 'optional',
    isConditional: true,
    params: OfGroup,
    body: RemoveMembers,
    problems: ['company.not_found', 'group.not_found', 'company.last_owner'],
    replies: { 200: GroupReply },
    headers: { ETag: 'always' },
    answer: async (context, { params, body, conditions }) => {
      const target = groupTarget(params, conditions)
      const group = await removeMembers(context, target, body.memberIds)
      return tagged(groupView(withNames(context, group)), group)
    },
  }),
]
