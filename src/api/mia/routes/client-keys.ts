import { createClientKey } from '../../../domain/client-keys/create.ts'
import { listClientKeys, readClientKey } from '../../../domain/client-keys/list.ts'
import { deleteClientKey, updateClientKey } from '../../../domain/client-keys/update.ts'
import { Type } from '../../../schema/type.ts'
import { clientKeyTarget, createClientKeyInput, patchClientKeyInput } from '../inputs.ts'
import { listLinks } from '../links.ts'
import { listAsked, WholeListQuery } from '../list-queries.ts'
import { ClientKey, CreatedClientKey } from '../replies.ts'
import { OfClientKey, route } from '../route.ts'
import { CreateClientKey, PatchClientKey } from '../schemas.ts'
import * as view from '../views.ts'

const root = '/api/client-keys'

/**
 * Client keys: making, reading, changing and deleting them. None of this asks for one: whoever has
 * lost or deleted the last makes another with a token alone.
 */
export const clientKeyRoutes = [
  route({
    method: 'POST',
    path: root,
    name: 'createClientKey',
    summary: 'Make a client key; its value is shown this once',
    action: 'client_key.create',
    clientKey: 'optional',
    body: CreateClientKey,
    problems: ['name.taken', 'client_key.limit'],
    replies: { 201: CreatedClientKey },
    answer: async (context, { body }) => [
      201,
      view.createdClientKey(await createClientKey(context, createClientKeyInput(body))),
    ],
  }),
  route({
    method: 'GET',
    path: root,
    name: 'listClientKeys',
    summary: 'List the client keys without their values, oldest first or sorted',
    action: 'client_key.list',
    clientKey: 'optional',
    query: WholeListQuery,
    replies: { 200: Type.Array(ClientKey) },
    headers: { Link: 'always', 'X-Total-Count': 'always' },
    answer: async (context, { query, place }) => {
      const page = await listClientKeys(context, listAsked(query))
      return [200, page.items.map(view.clientKey), listLinks(place, query, page)]
    },
  }),
  route({
    method: 'GET',
    path: `${root}/:id`,
    name: 'readClientKey',
    summary: 'Read one client key, without its value',
    action: 'client_key.read',
    clientKey: 'optional',
    params: OfClientKey,
    problems: ['client_key.not_found'],
    replies: { 200: ClientKey },
    headers: { ETag: 'always' },
    answer: async (context, { params }) => {
      const listed = await readClientKey(context, params.id)
      return view.tagged(view.clientKey(listed), listed.key)
    },
  }),
  route({
    method: 'PATCH',
    path: `${root}/:id`,
    name: 'updateClientKey',
    summary: 'Rename a client key, disable or enable it',
    action: 'client_key.update',
    clientKey: 'optional',
    isConditional: true,
    params: OfClientKey,
    body: PatchClientKey,
    problems: ['client_key.not_found', 'name.taken'],
    replies: { 200: ClientKey },
    headers: { ETag: 'always' },
    answer: async (context, { params, body, conditions }) => {
      const target = clientKeyTarget(params.id, conditions)
      const listed = await updateClientKey(context, target, patchClientKeyInput(body))
      return view.tagged(view.clientKey(listed), listed.key)
    },
  }),
  route({
    method: 'DELETE',
    path: `${root}/:id`,
    name: 'deleteClientKey',
    summary: 'Delete a client key, for good',
    action: 'client_key.delete',
    clientKey: 'optional',
    isConditional: true,
    params: OfClientKey,
    problems: ['client_key.not_found'],
    replies: { 204: null },
    answer: async (context, { params, conditions }) => {
      await deleteClientKey(context, clientKeyTarget(params.id, conditions))
      return [204]
    },
  }),
]
