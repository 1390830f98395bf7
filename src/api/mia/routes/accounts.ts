import { createAccount } from '../../../domain/accounts/create.ts'
import { listAccounts, readSeenAccount } from '../../../domain/accounts/read.ts'
import { areKept } from '../../../domain/accounts/shown.ts'
import { seenOne, seenReader } from '../../../domain/accounts/standing.ts'
import { deleteAccount, revokeTokens, updateAccount } from '../../../domain/accounts/update.ts'
import type { Context } from '../../../domain/context.ts'
import type { Facts } from '../../../http/route.ts'
import { keptRow, Rows } from '../../../http/rows.ts'
import { Type } from '../../../schema/type.ts'
import { changeTarget, createAccountInput, patchAccountInput } from '../inputs.ts'
import { listLinks } from '../links.ts'
import { AccountsQuery, accountsAsked } from '../queries.ts'
import { CreatedAccount, ServiceAccount } from '../replies.ts'
import { OfAccount, route } from '../route.ts'
import { CreateAccount, PatchAccount } from '../schemas.ts'
import * as view from '../views.ts'

const root = '/api/service-accounts'

const accountRow = keptRow(view.seenAccount)

type Ends = (context: Context, target: ReturnType<typeof changeTarget>) => Promise<unknown>
type Ending = Pick<Facts, 'method' | 'path' | 'name' | 'summary' | 'action' | 'problems'>

/** Declares a call that ends something of an account, and has nothing to answer. */
function ending(end: Ends, facts: Ending) {
  return route({
    ...facts,
    clientKey: 'required',
    isConditional: true,
    params: OfAccount,
    replies: { 204: null },
    answer: async (context, { params, conditions }) => {
      await end(context, changeTarget(params, conditions))
      return [204]
    },
  })
}

/** Service accounts: making, reading, changing and deleting them. */
export const accountRoutes = [
  route({
    method: 'POST',
    path: root,
    name: 'createAccount',
    summary: 'Create a service account; its secret is shown this once',
    action: 'account.create',
    clientKey: 'required',
    body: CreateAccount,
    problems: ['permission.unknown', 'key.invalid', 'account.method_mismatch', 'name.taken'],
    replies: { 201: CreatedAccount },
    answer: async (context, { body }) => [
      201,
      view.created(await createAccount(context, createAccountInput(body))),
    ],
  }),
  route({
    method: 'GET',
    path: root,
    name: 'listAccounts',
    summary: 'List the service accounts: all or some of them, oldest first or sorted',
    action: 'account.list',
    clientKey: 'required',
    query: AccountsQuery,
    replies: { 200: Type.Array(ServiceAccount) },
    headers: { Link: 'always', 'X-Total-Count': 'always' },
    answer: async (context, { query, place }) => {
      const page = await listAccounts(context, accountsAsked(query))
      const show = areKept(page.found) ? accountRow : view.seenAccount
      const rows = Rows.read(page.found, seenReader(context, page.found), show)
      return [200, rows, listLinks(place, query, page)]
    },
  }),
  route({
    method: 'GET',
    path: `${root}/:clientId`,
    name: 'readAccount',
    summary: 'Read one service account',
    action: 'account.read',
    clientKey: 'required',
    params: OfAccount,
    problems: ['account.not_found'],
    replies: { 200: ServiceAccount },
    headers: { ETag: 'always' },
    answer: async (context, { params }) => {
      const seen = await readSeenAccount(context, params)
      return view.tagged(view.seenAccount(seen), seen.account)
    },
  }),
  route({
    method: 'PATCH',
    path: `${root}/:clientId`,
    name: 'updateAccount',
    summary: 'Change what a service account is called and may do',
    action: 'account.update',
    clientKey: 'required',
    isConditional: true,
    params: OfAccount,
    body: PatchAccount,
    problems: [
      'permission.unknown',
      'grant.exceeds_own',
      'account.not_found',
      'account.last_manager',
      'account.wrong_move',
      'name.taken',
    ],
    replies: { 200: ServiceAccount },
    headers: { ETag: 'always' },
    answer: async (context, { params, body, conditions }) => {
      const target = changeTarget(params, conditions)
      const account = await updateAccount(context, target, patchAccountInput(body))
      const seen = await seenOne(context, account)
      return view.tagged(view.seenAccount(seen), account)
    },
  }),
  ending(deleteAccount, {
    method: 'DELETE',
    path: `${root}/:clientId`,
    name: 'deleteAccount',
    summary: 'Delete a service account with its credentials, for good',
    action: 'account.delete',
    problems: ['grant.exceeds_own', 'account.not_found', 'account.last_manager'],
  }),
  ending(revokeTokens, {
    method: 'POST',
    path: `${root}/:clientId/revoke-tokens`,
    name: 'revokeTokens',
    summary: 'End every access token of a service account',
    action: 'account.revoke_tokens',
    problems: ['grant.exceeds_own', 'account.not_found'],
  }),
]
