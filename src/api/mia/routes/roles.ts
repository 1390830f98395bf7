import { listBuiltInRoles, listPermissions } from '../../../domain/roles/built-in.ts'
import {
  createRole,
  deleteRole,
  listRoles,
  readRole,
  updateRole,
} from '../../../domain/roles/roles.ts'
import { Type } from '../../../schema/type.ts'
import { demandOf, placeInput } from '../inputs.ts'
import { listLinks } from '../links.ts'
import { listAsked, WholeListQuery } from '../list-queries.ts'
import {
  CreateRole,
  CustomRoleReply,
  customRoleView,
  PatchRole,
  PermissionReply,
  permissionView,
  RoleReply,
  roleView,
} from '../roles.ts'
import { OfCompany, OfRole, route } from '../route.ts'
import { entityTag } from '../views.ts'

const root = '/api/companies/:companyId/roles'

/** The six roles and the permissions that there always are; and the roles of a company. */
export const roleRoutes = [
  route({
    method: 'GET',
    path: '/api/roles',
    name: 'listBuiltInRoles',
    summary: 'List the six roles that every company has, from the least to the most or sorted',
    action: 'role.list',
    leave: 'anybody',
    clientKey: 'optional',
    query: WholeListQuery,
    replies: { 200: Type.Array(RoleReply) },
    headers: { Link: 'always', 'X-Total-Count': 'always' },
    answer: async (context, { query, place }) => {
      const page = await listBuiltInRoles(context, listAsked(query))
      return [200, page.items.map(roleView), listLinks(place, query, page)]
    },
  }),
  route({
    method: 'GET',
    path: '/api/permissions',
    name: 'listPermissions',
    summary: 'List every permission with its level and its meaning, by their levels or sorted',
    action: 'role.list',
    leave: 'anybody',
    clientKey: 'optional',
    query: WholeListQuery,
    replies: { 200: Type.Array(PermissionReply) },
    headers: { Link: 'always', 'X-Total-Count': 'always' },
    answer: async (context, { query, place }) => {
      const page = await listPermissions(context, listAsked(query))
      return [200, page.items.map(permissionView), listLinks(place, query, page)]
    },
  }),
  route({
    method: 'POST',
    path: root,
    name: 'createRole',
    summary: 'Make a role of a company, of permissions that its author holds',
    action: 'role.create',
    at: 'company',
    clientKey: 'optional',
    params: OfCompany,
    body: CreateRole,
    problems: ['company.not_found', 'permission.unknown', 'name.taken', 'role.limit'],
    replies: { 201: CustomRoleReply },
    headers: { ETag: 'always' },
    answer: async (context, { params, body }) => {
      const role = await createRole(context, params.companyId, placeInput(body))
      return [201, customRoleView(role), entityTag(role)]
    },
  }),
  route({
    method: 'GET',
    path: root,
    name: 'listRoles',
    summary: 'List the roles that a company made for itself, oldest first or sorted',
    action: 'role.list',
    at: 'company',
    clientKey: 'optional',
    params: OfCompany,
    query: WholeListQuery,
    problems: ['company.not_found'],
    replies: { 200: Type.Array(CustomRoleReply) },
    headers: { Link: 'always', 'X-Total-Count': 'always' },
    answer: async (context, { params, query, place }) => {
      const page = await listRoles(context, params.companyId, listAsked(query))
      return [200, page.items.map(customRoleView), listLinks(place, query, page)]
    },
  }),
  route({
    method: 'GET',
    path: `${root}/:roleId`,
    name: 'readRole',
    summary: 'Read one role of a company',
    action: 'role.read',
    at: 'company',
    clientKey: 'optional',
    params: OfRole,
    problems: ['company.not_found', 'role.not_found'],
    replies: { 200: CustomRoleReply },
    headers: { ETag: 'always' },
    answer: async (context, { params }) => {
      const role = await readRole(context, params)
      return [200, customRoleView(role), entityTag(role)]
    },
  }),
  route({
    method: 'PATCH',
    path: `${root}/:roleId`,
    name: 'updateRole',
    summary: 'Change a role of a company, for all who hold it',
    action: 'role.update',
    at: 'company',
    clientKey: 'optional',
    isConditional: true,
    params: OfRole,
    body: PatchRole,
    problems: ['company.not_found', 'role.not_found', 'permission.unknown', 'name.taken'],
    replies: { 200: CustomRoleReply },
    headers: { ETag: 'always' },
    answer: async (context, { params, body, conditions }) => {
      const target = { ...params, ...demandOf(conditions) }
      const role = await updateRole(context, target, placeInput(body))
      return [200, customRoleView(role), entityTag(role)]
    },
  }),
  route({
    method: 'DELETE',
    path: `${root}/:roleId`,
    name: 'deleteRole',
    summary: 'Delete a role of a company that nobody holds, for good',
    action: 'role.delete',
    at: 'company',
    clientKey: 'optional',
    isConditional: true,
    params: OfRole,
    problems: ['company.not_found', 'role.not_found', 'role.in_use'],
    replies: { 204: null },
    answer: async (context, { params, conditions }) => {
      await deleteRole(context, { ...params, ...demandOf(conditions) })
      return [204]
    },
  }),
]
