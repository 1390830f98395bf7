import {
  createProjectAccount,
  deleteProjectAccount,
  listProjectAccounts,
  updateProjectAccount,
} from '../../../domain/accounts/of-project.ts'
import { Type } from '../../../schema/type.ts'
import { accountChange, accountInput } from '../inputs.ts'
import { Empty, ServiceAccount } from '../replies.ts'
import { OfAccount, OfProject, projectsPath, route } from '../route.ts'
import { CreateAccount, UpdateAccount } from '../schemas.ts'
import * as view from '../views.ts'

const all = `${projectsPath}/:projectId/serviceaccounts`
const one = `${all}/:clientId`

/** Service accounts of a project: listing, making, changing and deleting them. */
export const serviceAccountRoutes = [
  route({
    method: 'GET',
    path: all,
    name: 'listProjectServiceAccounts',
    summary: 'List the service accounts of a project, oldest first',
    action: 'project_account.list',
    at: 'project',
    clientKey: 'optional',
    params: OfProject,
    problems: ['project.not_found'],
    replies: { 200: Type.Array(ServiceAccount) },
    headers: { 'X-Total-Count': 'always' },
    answer: async (context, { params }) => {
      const { accounts, total } = await listProjectAccounts(context, params.projectId)
      return [200, accounts.map(view.account), { 'X-Total-Count': String(total) }]
    },
  }),
  route({
    method: 'POST',
    path: all,
    name: 'addServiceAccount',
    summary: 'Add a service account to a project, in a group',
    action: 'project_account.create',
    at: 'project',
    clientKey: 'optional',
    params: OfProject,
    body: CreateAccount,
    problems: ['project.not_found', 'name.taken'],
    replies: { 201: ServiceAccount },
    answer: async (context, { params, body }) => {
      const account = await createProjectAccount(context, params.projectId, accountInput(body))
      return [201, view.fresh(view.account(account))]
    },
  }),
  route({
    method: 'PUT',
    path: one,
    name: 'updateProjectServiceAccount',
    summary: 'Rename a service account of a project, and put it into a group',
    action: 'project_account.update',
    at: 'project',
    clientKey: 'optional',
    params: OfAccount,
    body: UpdateAccount,
    problems: [
      'project.not_found',
      'account.not_found',
      'member.is_self',
      'name.taken',
      'record.conflict',
    ],
    replies: { 200: ServiceAccount },
    answer: async (context, { params, body }) => {
      const input = accountChange(params.clientId, body)
      return [200, view.account(await updateProjectAccount(context, params, input))]
    },
  }),
  route({
    method: 'DELETE',
    path: one,
    name: 'deleteProjectServiceAccount',
    summary: 'Delete a service account of a project with its tokens, for good',
    action: 'project_account.delete',
    at: 'project',
    clientKey: 'optional',
    params: OfAccount,
    problems: ['project.not_found', 'account.not_found', 'member.is_self', 'record.conflict'],
    replies: { 200: Empty },
    answer: async (context, { params }) => {
      await deleteProjectAccount(context, params)
      return [200, {}]
    },
  }),
]
