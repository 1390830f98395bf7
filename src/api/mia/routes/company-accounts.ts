import { companyPlace } from '../../../domain/access/places.ts'
import { inSight, sightAtHand } from '../../../domain/access/sight.ts'
import { createCompanyAccount, updateCompanyAccount } from '../../../domain/accounts/of-company.ts'
import { listAccounts, readSeenAccount } from '../../../domain/accounts/read.ts'
import { areKept } from '../../../domain/accounts/shown.ts'
import { seenReader } from '../../../domain/accounts/standing.ts'
import { deleteAccount, revokeTokens } from '../../../domain/accounts/update.ts'
import { keptRow, Rows } from '../../../http/rows.ts'
import { Type } from '../../../schema/type.ts'
import {
  accountTarget,
  changeTarget,
  companyAccountInput,
  demandOf,
  patchCompanyAccountInput,
} from '../inputs.ts'
import { listLinks } from '../links.ts'
import * as view from '../place-views.ts'
import { accountsAsked, CompanyAccountsQuery } from '../queries.ts'
import { CompanyAccount, CreatedCompanyAccount, RolesUpdated } from '../replies.ts'
import { namingEntries } from '../role-inputs.ts'
import { OfCompany, OfCompanyAccount, route } from '../route.ts'
import { CreateCompanyAccount, PatchCompanyAccount } from '../schemas.ts'
import { entityTag, rolesUpdated, tagged } from '../views.ts'

const root = '/api/companies/:companyId/service-accounts'

const accountRow = keptRow(view.companyAccount)

/** Service accounts of a company: making, reading, changing and deleting them. */
export const companyAccountRoutes = [
  route({
    method: 'POST',
    path: root,
    name: 'createCompanyAccount',
    summary: 'Create a service account of a company with its roles; its secret is shown this once',
    action: 'account.create',
    at: 'company',
    clientKey: 'optional',
    params: OfCompany,
    body: CreateCompanyAccount,
    problems: ['company.not_found', 'key.invalid', 'account.method_mismatch'],
    replies: { 201: CreatedCompanyAccount },
    answer: async (context, { params: { companyId }, body }) => {
      const input = companyAccountInput(companyId, body)
      const made = await namingEntries(body, () => createCompanyAccount(context, companyId, input))
      return [201, view.createdCompanyAccount(made)]
    },
  }),
  route({
    method: 'GET',
    path: root,
    name: 'listCompanyAccounts',
    summary: 'List the service accounts of a company: all or some of them',
    action: 'account.list',
    at: 'company',
    clientKey: 'optional',
    params: OfCompany,
    query: CompanyAccountsQuery,
    problems: ['company.not_found'],
    replies: { 200: Type.Array(CompanyAccount) },
    headers: { Link: 'always', 'X-Total-Count': 'always' },
    answer: async (context, { params, query, place }) => {
      const company = companyPlace(params.companyId)
      const page = await listAccounts(context, accountsAsked(query, company))
      const sight = sightAtHand(context, company)
      const show = areKept(page.found) ? accountRow : view.companyAccount
      const rows = Rows.read(page.found, seenReader(context, page.found), (account) =>
        show(inSight(sight, account)),
      )
      return [200, rows, listLinks(place, query, page)]
    },
  }),
  route({
    method: 'GET',
    path: `${root}/:clientId`,
    name: 'readCompanyAccount',
    summary: 'Read one service account of a company',
    action: 'account.read',
    at: 'company',
    clientKey: 'optional',
    params: OfCompanyAccount,
    problems: ['company.not_found', 'account.not_found'],
    replies: { 200: CompanyAccount },
    headers: { ETag: 'always' },
    answer: async (context, { params }) => {
      const seen = await readSeenAccount(context, accountTarget(params))
      const sight = sightAtHand(context, companyPlace(params.companyId))
      return tagged(view.companyAccount(inSight(sight, seen)), seen.account)
    },
  }),
  route({
    method: 'PATCH',
    path: `${root}/:clientId`,
    name: 'updateCompanyAccount',
    summary: 'Change the roles of a service account, what it is called, or whether it may log in',
    action: 'account.bind',
    at: 'company',
    leave: 'insider',
    clientKey: 'optional',
    isConditional: true,
    params: OfCompanyAccount,
    body: PatchCompanyAccount,
    problems: [
      'company.not_found',
      'account.not_found',
      'account.wrong_move',
      'company.last_owner',
    ],
    replies: { 200: RolesUpdated },
    headers: { ETag: 'always' },
    answer: async (context, { params, body, conditions }) => {
      const input = patchCompanyAccountInput(params.companyId, body)
      const target = { ...params, ...demandOf(conditions) }
      const account = await namingEntries(body, () => updateCompanyAccount(context, target, input))
      return [200, rolesUpdated, entityTag(account)]
    },
  }),
  route({
    method: 'DELETE',
    path: `${root}/:clientId`,
    name: 'deleteCompanyAccount',
    summary: 'Delete a service account of a company with its credentials and roles, for good',
    action: 'account.delete',
    at: 'company',
    clientKey: 'optional',
    isConditional: true,
    params: OfCompanyAccount,
    problems: ['company.not_found', 'account.not_found', 'company.last_owner'],
    replies: { 204: null },
    answer: async (context, { params, conditions }) => {
      await deleteAccount(context, changeTarget(params, conditions))
      return [204]
    },
  }),
  route({
    method: 'POST',
    path: `${root}/:clientId/revoke-tokens`,
    name: 'revokeTokensOfCompanyAccount',
    summary: 'End every access token of a service account of a company',
    action: 'account.revoke_tokens',
    at: 'company',
    clientKey: 'optional',
    isConditional: true,
    params: OfCompanyAccount,
    problems: ['company.not_found', 'account.not_found'],
    replies: { 204: null },
    answer: async (context, { params, conditions }) => {
      await revokeTokens(context, changeTarget(params, conditions))
      return [204]
    },
  }),
]
