import { projectPlace } from '../../../domain/access/places.ts'
import { underName } from '../../../domain/named.ts'
import { createToken } from '../../../domain/tokens/create.ts'
import { deleteToken, listTokens, renameToken } from '../../../domain/tokens/manage.ts'
import { regenerateToken } from '../../../domain/tokens/regenerate.ts'
import { Type } from '../../../schema/type.ts'
import { newTokenName, regeneratedName, tokenName } from '../inputs.ts'
import { Empty, FullToken, PublicToken } from '../replies.ts'
import { OfAccount, OfToken, projectsPath, route } from '../route.ts'
import { AddToken, RegenerateToken, RenameToken } from '../schemas.ts'
import * as view from '../views.ts'

const all = `${projectsPath}/:projectId/serviceaccounts/:clientId/tokens`
const one = `${all}/:id`

/** As many as an account can have. */
const everyToken = {
  sorting: { by: 'createdAt', isDescending: false },
  search: '',
  from: { page: 1 },
  perPage: 1000,
} as const

/** Whose tokens they are: an account of another project is not there. */
function ofProject<P extends { readonly projectId: string }>({ projectId, ...target }: P) {
  return { ...target, owner: projectPlace(projectId) }
}

const facts = { at: 'project', clientKey: 'optional' } as const
const absences = ['project.not_found', 'account.not_found'] as const
const changing = [...absences, 'token.not_found', 'record.conflict'] as const

/** Tokens of service accounts: listing, making, changing and deleting them. */
export const tokenRoutes = [
  route({
    method: 'GET',
    path: all,
    name: 'listTokens',
    summary: 'List the tokens of a service account without their values, oldest first',
    action: 'project_token.read',
    ...facts,
    params: OfAccount,
    problems: absences,
    replies: { 200: Type.Array(PublicToken) },
    answer: async (context, { params }) => {
      const { items } = await listTokens(context, ofProject(params), everyToken)
      return [200, items.map(view.publicToken)]
    },
  }),
  route({
    method: 'POST',
    path: all,
    name: 'addToken',
    summary: 'Add a token to a service account; its value is shown this once',
    action: 'project_token.manage',
    ...facts,
    params: OfAccount,
    body: AddToken,
    problems: [...absences, 'name.taken', 'token.limit'],
    replies: { 201: FullToken },
    answer: async (context, { params, body }) => {
      const name = tokenName(body)
      const issued = await underName({ kind: 'token', name }, () =>
        createToken(context, ofProject(params), { name }),
      )
      return [201, view.fullToken(issued)]
    },
  }),
  route({
    method: 'PUT',
    path: one,
    name: 'regenerateToken',
    summary: 'Put a new value in the place of that of a token, which ends at once; and rename it',
    action: 'project_token.manage',
    ...facts,
    params: OfToken,
    body: RegenerateToken,
    problems: [...changing, 'name.taken', 'token.regenerated'],
    replies: { 200: FullToken },
    answer: async (context, { params, body }) => {
      const name = regeneratedName(params.id, body)
      const issued = await underName({ kind: 'token', name }, () =>
        regenerateToken(context, ofProject(params), { name }),
      )
      return [200, view.fullToken(issued)]
    },
  }),
  route({
    method: 'PATCH',
    path: one,
    name: 'renameToken',
    summary: 'Rename a token; its value stays',
    action: 'project_token.manage',
    ...facts,
    params: OfToken,
    body: RenameToken,
    accepts: { ifNone: 'body can not be empty' },
    problems: [...changing, 'name.taken'],
    replies: { 200: PublicToken },
    answer: async (context, { params, body }) => {
      const name = newTokenName(body)
      const seen = await underName({ kind: 'token', name }, () =>
        renameToken(context, ofProject(params), name),
      )
      return [200, view.publicToken(seen)]
    },
  }),
  route({
    method: 'DELETE',
    path: one,
    name: 'deleteToken',
    summary: 'Delete a token for good',
    action: 'project_token.manage',
    ...facts,
    params: OfToken,
    problems: changing,
    replies: { 200: Empty },
    answer: async (context, { params }) => {
      await deleteToken(context, ofProject(params))
      return [200, {}]
    },
  }),
]
