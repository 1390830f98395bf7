import { createToken } from '../../../domain/tokens/create.ts'
import { deleteToken, listTokens, readToken, renameToken } from '../../../domain/tokens/manage.ts'
import { regenerateToken } from '../../../domain/tokens/regenerate.ts'
import { Type } from '../../../schema/type.ts'
import { listLinks } from '../links.ts'
import { OfAccount, route } from '../route.ts'
import * as view from '../token-views.ts'
import {
  CreateToken,
  createTokenInput,
  IssuedToken,
  OfToken,
  RegeneratedToken,
  RegenerateToken,
  RenameToken,
  regenerationInput,
  renameInput,
  Token,
  TokensQuery,
  tokensAsked,
  tokenTarget,
} from '../tokens.ts'
import { entityTag, tagged } from '../views.ts'

const base = '/api/service-accounts/:clientId/tokens'

/** Whoever has nothing to do with an account is told that there is none: the use case looks. */
const facts = { clientKey: 'optional', leave: 'holder' } as const

const readingRoutes = [
  route({
    method: 'GET',
    path: base,
    name: 'listAccountTokens',
    summary: 'List the tokens of a service account, without their values',
    action: 'token.list',
    ...facts,
    params: OfAccount,
    problems: ['account.not_found'],
    query: TokensQuery,
    replies: { 200: Type.Array(Token) },
    headers: { Link: 'always', 'X-Total-Count': 'always' },
    answer: async (context, { params, query, place }) => {
      const page = await listTokens(context, params, tokensAsked(query))
      return [200, page.items.map(view.token), listLinks(place, query, page)]
    },
  }),
  route({
    method: 'GET',
    path: `${base}/:id`,
    name: 'readAccountToken',
    summary: 'Read one token of a service account, without its value',
    action: 'token.read',
    ...facts,
    params: OfToken,
    problems: ['account.not_found', 'token.not_found'],
    replies: { 200: Token },
    headers: { ETag: 'always' },
    answer: async (context, { params }) => {
      const seen = await readToken(context, params)
      return tagged(view.token(seen), seen.token)
    },
  }),
]

const issuingRoutes = [
  route({
    method: 'POST',
    path: base,
    name: 'createAccountToken',
    summary: 'Make a token of a service account that lives long; its value is shown this once',
    action: 'token.create',
    ...facts,
    params: OfAccount,
    body: CreateToken,
    problems: ['account.not_found', 'grant.exceeds_own', 'name.taken', 'token.limit'],
    replies: { 201: IssuedToken },
    headers: { ETag: 'always' },
    answer: async (context, { params, body }) => {
      const issued = await createToken(context, params, createTokenInput(body))
      return [201, view.issued(issued), entityTag(issued.token)]
    },
  }),
  route({
    method: 'POST',
    path: `${base}/:id/regenerate`,
    name: 'regenerateAccountToken',
    summary: 'Put a new value in the place of that of a token; it is shown this once',
    action: 'token.regenerate',
    ...facts,
    isConditional: true,
    params: OfToken,
    body: RegenerateToken,
    problems: ['account.not_found', 'token.not_found', 'grant.exceeds_own', 'token.regenerated'],
    replies: { 200: RegeneratedToken },
    headers: { ETag: 'always' },
    answer: async (context, { params, body, conditions }) => {
      const target = tokenTarget(params, conditions)
      const made = await regenerateToken(context, target, regenerationInput(body))
      return [200, view.regenerated(made), entityTag(made.token)]
    },
  }),
]

const changingRoutes = [
  route({
    method: 'PATCH',
    path: `${base}/:id`,
    name: 'renameAccountToken',
    summary: 'Rename a token; its value stays',
    action: 'token.update',
    ...facts,
    isConditional: true,
    params: OfToken,
    body: RenameToken,
    problems: ['account.not_found', 'token.not_found', 'grant.exceeds_own', 'name.taken'],
    replies: { 200: Token },
    headers: { ETag: 'always' },
    answer: async (context, { params, body, conditions }) => {
      const seen = await renameToken(context, tokenTarget(params, conditions), renameInput(body))
      return tagged(view.token(seen), seen.token)
    },
  }),
  route({
    method: 'DELETE',
    path: `${base}/:id`,
    name: 'deleteAccountToken',
    summary: 'Delete a token: it ends at once',
    action: 'token.delete',
    ...facts,
    isConditional: true,
    params: OfToken,
    problems: ['account.not_found', 'token.not_found', 'grant.exceeds_own'],
    replies: { 204: null },
    answer: async (context, { params, conditions }) => {
      await deleteToken(context, tokenTarget(params, conditions))
      return [204]
    },
  }),
]

/** Tokens that live long, of accounts of every level. */
export const tokenRoutes = [...readingRoutes, ...issuingRoutes, ...changingRoutes]
