import { createAccount } from '../../../domain/accounts/create.ts'
import { moveAccount } from '../../../domain/accounts/move.ts'
import { createCompanyAccount } from '../../../domain/accounts/of-company.ts'
import { listAccounts, readSeenAccount } from '../../../domain/accounts/read.ts'
import { type SeenAccount, seenOne, seenReader } from '../../../domain/accounts/standing.ts'
import { deleteAccount, updateAccount } from '../../../domain/accounts/update.ts'
import type { Conditions } from '../../../http/conditions.ts'
import { Rows } from '../../../http/rows.ts'
import { Type } from '../../../schema/type.ts'
import { ClientsQuery, clientsAsked, inOurWords } from '../client-queries.ts'
import {
  Client,
  CreateClient,
  CreatedClient,
  MoveClient,
  PatchClient,
  registeredAs,
} from '../client-schemas.ts'
import * as view from '../clients.ts'
import { demandOf } from '../inputs.ts'
import { listLinks } from '../links.ts'
import { OfAccount, route } from '../route.ts'
import { stateNamed } from '../states.ts'
import { tagged } from '../views.ts'

const root = '/clients'

/** A client of root or of any company: who may do this at the root may do it to all of them. */
function targetOf(params: { readonly clientId: string }, conditions?: Conditions) {
  const { clientId } = params
  return { clientId, owner: 'anybody', ...(conditions && demandOf(conditions)) } as const
}

const clientRow = ({ account, lastUse }: SeenAccount) => view.client(account, lastUse?.at)

/** Clients, as the console's own engine manages them: accounts of root, or of a company. */
export const clientRoutes = [
  route({
    method: 'POST',
    path: root,
    name: 'createClient',
    summary: 'Create a client with its permissions and audiences; its secret is shown this once',
    action: 'account.create',
    clientKey: 'optional',
    body: CreateClient,
    calls: registeredAs,
    problems: ['permission.unknown', 'key.invalid', 'name.taken', 'company.not_found'],
    replies: { 201: CreatedClient },
    answer: async (context, { body }) => {
      const input = view.createClientInput(body)
      const made =
        body.companyId === undefined
          ? await createAccount(context, input)
          : await createCompanyAccount(context, body.companyId, view.withoutPermissions(input))
      return [201, view.createdClient(made, body)]
    },
  }),
  route({
    method: 'GET',
    path: root,
    name: 'listClients',
    summary: 'List the clients of root, or those of a company',
    action: 'account.list',
    clientKey: 'optional',
    query: ClientsQuery,
    problems: ['company.not_found'],
    replies: { 200: Type.Array(Client) },
    headers: { Link: 'always', 'X-Total-Count': 'always' },
    answer: async (context, { query, place }) => {
      const asked = inOurWords(query)
      const page = await listAccounts(context, clientsAsked(asked))
      const rows = Rows.read(page.found, seenReader(context, page.found), clientRow)
      return [200, rows, listLinks(place, asked, page)]
    },
  }),
  route({
    method: 'GET',
    path: `${root}/:clientId`,
    name: 'readClient',
    summary: 'Read one client',
    action: 'account.read',
    clientKey: 'optional',
    params: OfAccount,
    problems: ['account.not_found'],
    replies: { 200: Client },
    headers: { ETag: 'always' },
    answer: async (context, { params }) => {
      const seen = await readSeenAccount(context, targetOf(params))
      return tagged(clientRow(seen), seen.account)
    },
  }),
  route({
    method: 'PATCH',
    path: `${root}/:clientId`,
    name: 'updateClient',
    summary: 'Change what a client is called and may do, by its members or by $set',
    action: 'account.update',
    clientKey: 'optional',
    isConditional: true,
    params: OfAccount,
    body: PatchClient,
    calls: { audiences: 'audience', defaultAudience: 'audience' },
    problems: ['permission.unknown', 'account.not_found', 'account.last_manager', 'name.taken'],
    replies: { 200: Client },
    headers: { ETag: 'always' },
    answer: async (context, { params, body, conditions }) => {
      const patch = view.patchClientInput(body)
      const account = await updateAccount(context, targetOf(params, conditions), patch)
      return tagged(clientRow(await seenOne(context, account)), account)
    },
  }),
  route({
    method: 'DELETE',
    path: `${root}/:clientId`,
    name: 'deleteClient',
    summary: 'Delete a client with its credentials, for good; the state DELETED keeps it',
    action: 'account.delete',
    clientKey: 'optional',
    isConditional: true,
    params: OfAccount,
    problems: ['account.not_found', 'account.last_manager'],
    replies: { 204: null },
    answer: async (context, { params, conditions }) => {
      await deleteAccount(context, targetOf(params, conditions))
      return [204]
    },
  }),
  route({
    method: 'POST',
    path: `${root}/:clientId/state`,
    name: 'moveClient',
    summary: 'Move a client to another state; only PUBLIC lets it log in',
    action: 'account.update',
    clientKey: 'optional',
    isConditional: true,
    params: OfAccount,
    body: MoveClient,
    problems: ['account.not_found', 'account.last_manager', 'account.wrong_move'],
    replies: { 204: null },
    answer: async (context, { params, body: { stateTo }, conditions }) => {
      await moveAccount(context, targetOf(params, conditions), stateNamed[stateTo])
      return [204]
    },
  }),
]
