import {
  createEnvironment,
  deleteEnvironment,
  listEnvironments,
  readEnvironment,
  updateEnvironment,
} from '../../../domain/environments/environments.ts'
import { Type } from '../../../schema/type.ts'
import { demandOf, placeInput } from '../inputs.ts'
import { listLinks } from '../links.ts'
import { listAsked, WholeListQuery } from '../list-queries.ts'
import * as view from '../place-views.ts'
import { Environment } from '../replies.ts'
import { OfEnvironment, OfProject, route } from '../route.ts'
import { CreatePlace, PatchPlace } from '../schemas.ts'
import { entityTag } from '../views.ts'

const root = '/api/projects/:projectId/environments'

/** Environments of a project: making, reading, changing and deleting them. */
export const environmentRoutes = [
  route({
    method: 'POST',
    path: root,
    name: 'createEnvironment',
    summary: 'Create an environment of a project',
    action: 'environment.create',
    at: 'project',
    clientKey: 'optional',
    params: OfProject,
    body: CreatePlace,
    problems: ['project.not_found', 'name.taken', 'environment.limit'],
    replies: { 201: Environment },
    headers: { ETag: 'always' },
    answer: async (context, { params, body }) => {
      const environment = await createEnvironment(context, params.projectId, placeInput(body))
      return [201, view.environment(environment), entityTag(environment)]
    },
  }),
  route({
    method: 'GET',
    path: root,
    name: 'listEnvironments',
    summary: 'List the environments of a project that the caller may see, oldest first or sorted',
    action: 'environment.read',
    at: 'project',
    leave: 'insider',
    clientKey: 'optional',
    params: OfProject,
    query: WholeListQuery,
    problems: ['project.not_found'],
    replies: { 200: Type.Array(Environment) },
    headers: { Link: 'always', 'X-Total-Count': 'always' },
    answer: async (context, { params, query, place }) => {
      const page = await listEnvironments(context, params.projectId, listAsked(query))
      return [200, page.items.map(view.environment), listLinks(place, query, page)]
    },
  }),
  route({
    method: 'GET',
    path: `${root}/:envId`,
    name: 'readEnvironment',
    summary: 'Read one environment',
    action: 'environment.read',
    at: 'environment',
    clientKey: 'optional',
    params: OfEnvironment,
    problems: ['project.not_found', 'environment.not_found'],
    replies: { 200: Environment },
    headers: { ETag: 'always' },
    answer: async (context, { params }) => {
      const environment = await readEnvironment(context, params)
      return [200, view.environment(environment), entityTag(environment)]
    },
  }),
  route({
    method: 'PATCH',
    path: `${root}/:envId`,
    name: 'updateEnvironment',
    summary: 'Change what an environment is called',
    action: 'environment.update',
    at: 'environment',
    clientKey: 'optional',
    isConditional: true,
    params: OfEnvironment,
    body: PatchPlace,
    problems: ['project.not_found', 'environment.not_found', 'name.taken'],
    replies: { 200: Environment },
    headers: { ETag: 'always' },
    answer: async (context, { params, body, conditions }) => {
      const target = { ...params, ...demandOf(conditions) }
      const environment = await updateEnvironment(context, target, placeInput(body))
      return [200, view.environment(environment), entityTag(environment)]
    },
  }),
  route({
    method: 'DELETE',
    path: `${root}/:envId`,
    name: 'deleteEnvironment',
    summary: 'Delete an environment, for good',
    action: 'environment.delete',
    at: 'environment',
    clientKey: 'optional',
    isConditional: true,
    params: OfEnvironment,
    problems: ['project.not_found', 'environment.not_found'],
    replies: { 204: null },
    answer: async (context, { params, conditions }) => {
      await deleteEnvironment(context, { ...params, ...demandOf(conditions) })
      return [204]
    },
  }),
]
