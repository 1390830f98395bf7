import { seenProjects } from '../../../domain/companies/list.ts'
import type { Context } from '../../../domain/context.ts'
import {
  createProject,
  deleteProject,
  readProject,
  updateProject,
} from '../../../domain/projects/projects.ts'
import { Rows } from '../../../http/rows.ts'
import { Type } from '../../../schema/type.ts'
import { demandOf, placeInput } from '../inputs.ts'
import { listLinks } from '../links.ts'
import { listAsked, WholeListQuery } from '../list-queries.ts'
import * as view from '../place-views.ts'
import { ProjectsQuery } from '../queries.ts'
import { Project } from '../replies.ts'
import { OfCompany, OfProject, route } from '../route.ts'
import { CreatePlace, PatchPlace } from '../schemas.ts'
import { entityTag, tagged } from '../views.ts'

const ofCompany = '/api/companies/:companyId/projects'
const root = '/api/projects'

type Asked = Parameters<typeof seenProjects>[1]
type Page = Awaited<ReturnType<typeof seenProjects>>

/** Some projects with their environments, and the links to their neighbours. */
async function projectsAnswer<H>(context: Context, asked: Asked, linksOf: (page: Page) => H) {
  const page = await seenProjects(context, asked)
  const rows = Rows.of(page.items, ({ project, environments }) =>
    view.project(project, environments),
  )
  return [200, rows, linksOf(page)] as const
}

/** Projects: making, reading, changing and deleting them. */
export const projectRoutes = [
  route({
    method: 'POST',
    path: ofCompany,
    name: 'createProject',
    summary: 'Create a project of a company',
    action: 'project.create',
    at: 'company',
    clientKey: 'optional',
    params: OfCompany,
    body: CreatePlace,
    problems: ['company.not_found', 'name.taken', 'project.limit'],
    replies: { 201: Project },
    headers: { ETag: 'always' },
    answer: async (context, { params, body }) => {
      const project = await createProject(context, params.companyId, placeInput(body))
      const shown = view.project(project, [])
      return [201, shown, entityTag(project, shown)]
    },
  }),
  route({
    method: 'GET',
    path: ofCompany,
    name: 'listProjectsOfCompany',
    summary: 'List the projects of a company that the caller may see, oldest first',
    action: 'project.read',
    at: 'company',
    leave: 'insider',
    clientKey: 'optional',
    params: OfCompany,
    problems: ['company.not_found'],
    query: WholeListQuery,
    replies: { 200: Type.Array(Project) },
    headers: { Link: 'always', 'X-Total-Count': 'always' },
    answer: async (context, { params, query, place }) => {
      const asked = { companyIds: [params.companyId], ...listAsked(query) }
      return await projectsAnswer(context, asked, (page) => listLinks(place, query, page))
    },
  }),
  route({
    method: 'GET',
    path: root,
    name: 'listProjects',
    summary: 'List the projects of some companies, or of all, that the caller may see',
    action: 'project.read',
    leave: 'anybody',
    clientKey: 'optional',
    query: ProjectsQuery,
    replies: { 200: Type.Array(Project) },
    headers: { Link: 'always', 'X-Total-Count': 'always' },
    answer: async (context, { query, place }) => {
      const companyIds = (query.tenantIds ?? '').split(',').filter((id) => id !== '')
      const asked = { companyIds, ...listAsked(query) }
      return await projectsAnswer(context, asked, (page) => listLinks(place, query, page))
    },
  }),
  route({
    method: 'GET',
    path: `${root}/:projectId`,
    name: 'readProject',
    summary: 'Read one project with its environments',
    action: 'project.read',
    at: 'project',
    clientKey: 'optional',
    params: OfProject,
    problems: ['project.not_found'],
    replies: { 200: Project },
    headers: { ETag: 'always' },
    answer: async (context, { params }) => {
      const { project, environments } = await readProject(context, params)
      return tagged(view.project(project, environments), project)
    },
  }),
  route({
    method: 'PATCH',
    path: `${root}/:projectId`,
    name: 'updateProject',
    summary: 'Change what a project is called',
    action: 'project.update',
    at: 'project',
    clientKey: 'optional',
    isConditional: true,
    params: OfProject,
    body: PatchPlace,
    problems: ['project.not_found', 'name.taken'],
    replies: { 200: Project },
    headers: { ETag: 'always' },
    answer: async (context, { params, body, conditions }) => {
      const target = { ...params, ...demandOf(conditions) }
      const { project, environments } = await updateProject(context, target, placeInput(body))
      return tagged(view.project(project, environments), project)
    },
  }),
  route({
    method: 'DELETE',
    path: `${root}/:projectId`,
    name: 'deleteProject',
    summary: 'Delete a project and its environments, for good',
    action: 'project.delete',
    at: 'project',
    clientKey: 'optional',
    isConditional: true,
    params: OfProject,
    problems: ['project.not_found'],
    replies: { 204: null },
    answer: async (context, { params, conditions }) => {
      await deleteProject(context, { ...params, ...demandOf(conditions) })
      return [204]
    },
  }),
]
