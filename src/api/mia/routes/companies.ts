import {
  createCompany,
  deleteCompany,
  readCompany,
  updateCompany,
} from '../../../domain/companies/companies.ts'
import { seenCompanies } from '../../../domain/companies/list.ts'
import { Rows } from '../../../http/rows.ts'
import { Type } from '../../../schema/type.ts'
import { demandOf, placeInput } from '../inputs.ts'
import { listLinks } from '../links.ts'
import { CompaniesQuery, companiesAsked } from '../list-queries.ts'
import * as view from '../place-views.ts'
import { Company } from '../replies.ts'
import { OfCompany, route } from '../route.ts'
import { CreatePlace, PatchCompany } from '../schemas.ts'
import { entityTag } from '../views.ts'

const root = '/api/companies'

/** Companies: making, reading, changing and deleting them. */
export const companyRoutes = [
  route({
    method: 'POST',
    path: root,
    name: 'createCompany',
    summary: 'Create a company, which belongs to who makes it',
    action: 'company.create',
    clientKey: 'optional',
    body: CreatePlace,
    problems: ['name.taken'],
    replies: { 201: Company },
    headers: { ETag: 'always' },
    answer: async (context, { body }) => {
      const company = await createCompany(context, placeInput(body))
      return [201, view.company(company), entityTag(company)]
    },
  }),
  route({
    method: 'GET',
    path: root,
    name: 'listCompanies',
    summary: 'List the companies that the caller may see, oldest first or sorted',
    action: 'company.read',
    leave: 'anybody',
    clientKey: 'optional',
    query: CompaniesQuery,
    replies: { 200: Type.Array(Company) },
    headers: { Link: 'always', 'X-Total-Count': 'always' },
    answer: async (context, { query, place }) => {
      const page = await seenCompanies(context, companiesAsked(query))
      return [200, Rows.of(page.items, view.company), listLinks(place, query, page)]
    },
  }),
  route({
    method: 'GET',
    path: `${root}/:companyId`,
    name: 'readCompany',
    summary: 'Read one company',
    action: 'company.read',
    at: 'company',
    clientKey: 'optional',
    params: OfCompany,
    problems: ['company.not_found'],
    replies: { 200: Company },
    headers: { ETag: 'always' },
    answer: async (context, { params }) => {
      const company = await readCompany(context, params.companyId)
      return [200, view.company(company), entityTag(company)]
    },
  }),
  route({
    method: 'PATCH',
    path: `${root}/:companyId`,
    name: 'updateCompany',
    summary: 'Change what a company is called, or whether its accounts may log in',
    action: 'company.update',
    at: 'company',
    clientKey: 'optional',
    isConditional: true,
    params: OfCompany,
    body: PatchCompany,
    problems: ['company.not_found'],
    replies: { 200: Company },
    headers: { ETag: 'always' },
    answer: async (context, { params, body, conditions }) => {
      const target = { ...params, ...demandOf(conditions) }
      const company = await updateCompany(context, target, placeInput(body))
      return [200, view.company(company), entityTag(company)]
    },
  }),
  route({
    method: 'DELETE',
    path: `${root}/:companyId`,
    name: 'deleteCompany',
    summary: 'Delete a company and everything below it, for good',
    action: 'company.delete',
    at: 'company',
    clientKey: 'optional',
    isConditional: true,
    params: OfCompany,
    problems: ['company.not_found'],
    replies: { 204: null },
    answer: async (context, { params, conditions }) => {
      await deleteCompany(context, { ...params, ...demandOf(conditions) })
      return [204]
    },
  }),
]
