import { createIssuer } from '../../../domain/issuers/create.ts'
import { listIssuers, readIssuer } from '../../../domain/issuers/list.ts'
import { deleteIssuer, updateIssuer } from '../../../domain/issuers/update.ts'
import { Type } from '../../../schema/type.ts'
import {
  CreateIssuer,
  createIssuerInput,
  issuerTag,
  issuerTarget,
  issuerView,
  PatchIssuer,
  patchIssuerInput,
  TrustedIssuerReply,
} from '../issuers.ts'
import { listLinks } from '../links.ts'
import { listAsked, WholeListQuery } from '../list-queries.ts'
import { OfIssuer, route } from '../route.ts'

const root = '/api/issuers'

/** Trusted issuers, whose tokens say who a person is: making, reading, changing and deleting them. */
export const issuerRoutes = [
  route({
    method: 'POST',
    path: root,
    name: 'createIssuer',
    summary: 'Trust an issuer: its tokens say who a person is',
    action: 'issuer.create',
    clientKey: 'optional',
    body: CreateIssuer,
    problems: ['name.taken', 'issuer.limit', 'issuer.configured'],
    replies: { 201: TrustedIssuerReply },
    headers: { ETag: 'always' },
    answer: async (context, { body }) => {
      const issuer = await createIssuer(context, createIssuerInput(body))
      return [201, issuerView(issuer), issuerTag(issuer)]
    },
  }),
  route({
    method: 'GET',
    path: root,
    name: 'listIssuers',
    summary:
      'List the trusted issuers: those of the settings, then the others, oldest first; or sorted',
    action: 'issuer.list',
    clientKey: 'optional',
    query: WholeListQuery,
    replies: { 200: Type.Array(TrustedIssuerReply) },
    headers: { Link: 'always', 'X-Total-Count': 'always' },
    answer: async (context, { query, place }) => {
      const page = await listIssuers(context, listAsked(query))
      return [200, page.items.map(issuerView), listLinks(place, query, page)]
    },
  }),
  route({
    method: 'GET',
    path: `${root}/:id`,
    name: 'readIssuer',
    summary: 'Read one trusted issuer',
    action: 'issuer.read',
    clientKey: 'optional',
    params: OfIssuer,
    problems: ['issuer.not_found'],
    replies: { 200: TrustedIssuerReply },
    headers: { ETag: 'sometimes' },
    answer: async (context, { params }) => {
      const issuer = await readIssuer(context, params.id)
      return [200, issuerView(issuer), issuerTag(issuer)]
    },
  }),
  route({
    method: 'PATCH',
    path: `${root}/:id`,
    name: 'updateIssuer',
    summary: 'Change how the tokens of an issuer are read, disable or enable it',
    action: 'issuer.update',
    clientKey: 'optional',
    isConditional: true,
    params: OfIssuer,
    body: PatchIssuer,
    problems: ['issuer.not_found', 'name.taken', 'issuer.configured'],
    replies: { 200: TrustedIssuerReply },
    headers: { ETag: 'always' },
    answer: async (context, { params, body, conditions }) => {
      const target = issuerTarget(params.id, conditions)
      const issuer = await updateIssuer(context, target, patchIssuerInput(body))
      return [200, issuerView(issuer), issuerTag(issuer)]
    },
  }),
  route({
    method: 'DELETE',
    path: `${root}/:id`,
    name: 'deleteIssuer',
    summary: 'Trust an issuer no longer',
    action: 'issuer.delete',
    clientKey: 'optional',
    isConditional: true,
    params: OfIssuer,
    problems: ['issuer.not_found', 'issuer.configured'],
    replies: { 204: null },
    answer: async (context, { params, conditions }) => {
      await deleteIssuer(context, issuerTarget(params.id, conditions))
      return [204]
    },
  }),
]
