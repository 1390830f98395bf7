import { listIdentities } from '../../../domain/identities/list.ts'
import { Rows } from '../../../http/rows.ts'
import { Type } from '../../../schema/type.ts'
import { listLinks } from '../links.ts'
import { IdentitiesQuery, identitiesAsked } from '../list-queries.ts'
import { Identity } from '../list-replies.ts'
import * as view from '../list-views.ts'
import { OfCompany, route } from '../route.ts'

/** Who can hold roles in a company: its people, groups and service accounts. */
export const identityRoutes = [
  route({
    method: 'GET',
    path: '/api/companies/:companyId/identities',
    name: 'listIdentities',
    summary: 'List the people, groups and service accounts of a company with their roles',
    action: 'identity.list',
    at: 'company',
    leave: 'insider',
    orOnParts: 'identity.list_of_project',
    clientKey: 'optional',
    params: OfCompany,
    query: IdentitiesQuery,
    problems: ['company.not_found'],
    replies: { 200: Type.Array(Identity) },
    headers: { Link: 'always', 'X-Total-Count': 'always' },
    answer: async (context, { params, query, place }) => {
      const page = await listIdentities(context, identitiesAsked(params.companyId, query))
      const rows = Rows.of(page.items, (one) => view.identity(page.rolesOf(one)))
      return [200, rows, listLinks(place, query, page)]
    },
  }),
]
