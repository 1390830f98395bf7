import {
  deleteAnybody,
  listEverybody,
  readAnybody,
  updateAnybody,
} from '../../../domain/users/everybody.ts'
import { whoAsks } from '../../../domain/users/me.ts'
import { Rows } from '../../../http/rows.ts'
import { Type } from '../../../schema/type.ts'
import { listLinks } from '../links.ts'
import { userFilter } from '../list-filters.ts'
import { listAsked } from '../list-queries.ts'
import { MeReply, meView } from '../me.ts'
import { OfUser, route } from '../route.ts'
import { PatchUser, patchUserInput, UserReply, UsersQuery, userTarget, userView } from '../users.ts'
import { tagged } from '../views.ts'

const root = '/api/users'

/** Who asks; and everybody who ever signed in or was invited. */
export const userRoutes = [
  route({
    method: 'GET',
    path: '/api/me',
    name: 'readMe',
    summary: 'Read who asks, by what right, and which companies and projects they may see',
    action: 'company.read',
    leave: 'anybody',
    clientKey: 'optional',
    replies: { 200: MeReply },
    answer: async (context) => [200, meView(await whoAsks(context))],
  }),
  route({
    method: 'GET',
    path: root,
    name: 'listUsers',
    summary: 'List everybody who ever signed in or was invited',
    action: 'user.list_all',
    clientKey: 'optional',
    query: UsersQuery,
    replies: { 200: Type.Array(UserReply) },
    headers: { Link: 'always', 'X-Total-Count': 'always' },
    answer: async (context, { query, place }) => {
      const asked = { ...listAsked(query), filter: userFilter(query) }
      const page = await listEverybody(context, asked)
      return [200, Rows.of(page.items, userView), listLinks(place, query, page)]
    },
  }),
  route({
    method: 'GET',
    path: `${root}/:userId`,
    name: 'readUser',
    summary: 'Read one person',
    action: 'user.read',
    clientKey: 'optional',
    params: OfUser,
    problems: ['user.not_found'],
    replies: { 200: UserReply },
    headers: { ETag: 'always' },
    answer: async (context, { params }) => {
      const seen = await readAnybody(context, { userId: params.userId })
      return tagged(userView(seen), seen.user)
    },
  }),
  route({
    method: 'PATCH',
    path: `${root}/:userId`,
    name: 'updateUser',
    summary: 'Disable or enable a person, or change what they may do in the whole installation',
    action: 'user.update',
    clientKey: 'optional',
    isConditional: true,
    params: OfUser,
    body: PatchUser,
    problems: ['user.not_found', 'permission.unknown'],
    replies: { 200: UserReply },
    headers: { ETag: 'always' },
    answer: async (context, { params, body, conditions }) => {
      const target = userTarget(params.userId, conditions)
      const seen = await updateAnybody(context, target, patchUserInput(body))
      return tagged(userView(seen), seen.user)
    },
  }),
  route({
    method: 'DELETE',
    path: `${root}/:userId`,
    name: 'deleteUser',
    summary: 'Delete a person with all that is bound to them, for good',
    action: 'user.delete',
    clientKey: 'optional',
    isConditional: true,
    params: OfUser,
    problems: ['user.not_found'],
    replies: { 204: null },
    answer: async (context, { params, conditions }) => {
      await deleteAnybody(context, userTarget(params.userId, conditions))
      return [204]
    },
  }),
]
