import { inviteUser } from '../../../domain/users/invite.ts'
import {
  bindCompanyUser,
  listCompanyUsers,
  readCompanyUser,
  removeCompanyUser,
} from '../../../domain/users/of-company.ts'
import { Rows } from '../../../http/rows.ts'
import { Type } from '../../../schema/type.ts'
import {
  BindRoles,
  CompanyUserReply,
  CompanyUsersQuery,
  companyUserView,
  InviteUser,
  invitationInput,
  RemoveUserQuery,
} from '../company-users.ts'
import { demandOf } from '../inputs.ts'
import { listLinks } from '../links.ts'
import { userFilter } from '../list-filters.ts'
import { listAsked } from '../list-queries.ts'
import { RolesUpdated } from '../replies.ts'
import { namingEntries, rolesInput } from '../role-inputs.ts'
import { OfCompany, OfCompanyUser, route } from '../route.ts'
import { entityTag, rolesUpdated, tagged } from '../views.ts'

const root = '/api/companies/:companyId/users'

/** People of a company: inviting, listing and removing them, and their roles. */
export const companyUserRoutes = [
  route({
    method: 'POST',
    path: root,
    name: 'inviteUser',
    summary:
      'Invite somebody into a company with a role; who is known by the address has it at once',
    action: 'user.invite',
    at: 'company',
    clientKey: 'optional',
    params: OfCompany,
    body: InviteUser,
    problems: ['company.not_found', 'name.taken'],
    replies: { 201: CompanyUserReply },
    answer: async (context, { params, body }) => {
      const user = await inviteUser(context, params.companyId, invitationInput(body))
      return [201, companyUserView(user)]
    },
  }),
  route({
    method: 'GET',
    path: root,
    name: 'listCompanyUsers',
    summary: 'List the people who have a role in a company, or are in one of its groups',
    action: 'user.list',
    at: 'company',
    clientKey: 'optional',
    params: OfCompany,
    query: CompanyUsersQuery,
    problems: ['company.not_found'],
    replies: { 200: Type.Array(CompanyUserReply) },
    headers: { Link: 'always', 'X-Total-Count': 'always' },
    answer: async (context, { params, query, place }) => {
      const asked = { ...listAsked(query), filter: userFilter(query) }
      const page = await listCompanyUsers(context, params.companyId, asked)
      return [200, Rows.of(page.items, companyUserView), listLinks(place, query, page)]
    },
  }),
  route({
    method: 'GET',
    path: `${root}/:userId`,
    name: 'readCompanyUser',
    summary: 'Read one person of a company',
    action: 'user.list',
    at: 'company',
    clientKey: 'optional',
    params: OfCompanyUser,
    problems: ['company.not_found', 'user.not_found'],
    replies: { 200: CompanyUserReply },
    headers: { ETag: 'always' },
    answer: async (context, { params }) => {
      const seen = await readCompanyUser(context, params)
      return tagged(companyUserView(seen), seen.user)
    },
  }),
  route({
    method: 'PATCH',
    path: `${root}/:userId`,
    name: 'updateCompanyUser',
    summary: 'Change the roles of a person in a company',
    action: 'user.bind',
    at: 'company',
    leave: 'insider',
    clientKey: 'optional',
    isConditional: true,
    params: OfCompanyUser,
    body: BindRoles,
    problems: ['company.not_found', 'user.not_found', 'company.last_owner'],
    replies: { 200: RolesUpdated },
    headers: { ETag: 'always' },
    answer: async (context, { params, body, conditions }) => {
      const target = { ...params, ...demandOf(conditions) }
      const roles = rolesInput(params.companyId, body)
      const user = await namingEntries(body, () => bindCompanyUser(context, target, roles))
      return [200, rolesUpdated, entityTag(user)]
    },
  }),
  route({
    method: 'DELETE',
    path: `${root}/:userId`,
    name: 'removeCompanyUser',
    summary:
      'End every role of a person in a company; with removeFromGroups, their memberships too',
    action: 'user.remove',
    at: 'company',
    clientKey: 'optional',
    isConditional: true,
    params: OfCompanyUser,
    query: RemoveUserQuery,
    problems: ['company.not_found', 'user.not_found', 'company.last_owner'],
    replies: { 204: null },
    answer: async (context, { params, query, conditions }) => {
      const target = { ...params, ...demandOf(conditions) }
      await removeCompanyUser(context, target, { fromGroups: query.removeFromGroups === 'true' })
      return [204]
    },
  }),
]
