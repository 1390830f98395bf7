import { companyPlace } from '../../../domain/access/places.ts'
import { readAttention } from '../../../domain/attention/read.ts'
import { Attention } from '../list-replies.ts'
import * as view from '../list-views.ts'
import { OfCompany, route } from '../route.ts'

/** What somebody should look at: of the accounts of root, and of those of a company. */
export const attentionRoutes = [
  route({
    method: 'GET',
    path: '/api/attention',
    name: 'readAttention',
    summary: 'Tell what of the root accounts somebody should look at',
    action: 'attention.read',
    clientKey: 'optional',
    replies: { 200: Attention },
    answer: async (context) => [200, view.attention(await readAttention(context, 'root'))],
  }),
  route({
    method: 'GET',
    path: '/api/companies/:companyId/attention',
    name: 'readAttentionOfCompany',
    summary: 'Tell what of the service accounts of a company somebody should look at',
    action: 'attention.read',
    at: 'company',
    clientKey: 'optional',
    params: OfCompany,
    problems: ['company.not_found'],
    replies: { 200: Attention },
    answer: async (context, { params }) => {
      const attention = await readAttention(context, companyPlace(params.companyId))
      return [200, view.attention(attention)]
    },
  }),
]
