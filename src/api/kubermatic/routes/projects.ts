import { listProjects } from '../../../domain/projects/list.ts'
import { makeOwnProject } from '../../../domain/projects/make.ts'
import { ownersOf } from '../../../domain/projects/members.ts'
import { deleteProject, readProject, updateProject } from '../../../domain/projects/projects.ts'
import { Type } from '../../../schema/type.ts'
import { projectInput, projectName } from '../inputs.ts'
import { Empty, Project } from '../replies.ts'
import { OfProject, projectsPath, route } from '../route.ts'
import { CreateProject, UpdateProject } from '../schemas.ts'
import * as view from '../views.ts'

const one = `${projectsPath}/:projectId`

const ListQuery = Type.Object({
  displayAll: Type.Optional(
    Type.Enum(['true', 'false'], {
      expected: 'true or false: whether all come that the caller may see, or only their own',
    }),
  ),
})

/** Projects: listing, making, reading, renaming and deleting them. */
export const projectRoutes = [
  route({
    method: 'GET',
    path: projectsPath,
    name: 'listOwnProjects',
    summary: 'List the projects on which the caller has a role, or all that they may see',
    action: 'project.read',
    leave: 'anybody',
    clientKey: 'optional',
    query: ListQuery,
    replies: { 200: Type.Array(Project) },
    answer: async (context, { query }) => {
      const projects = await listProjects(context, query.displayAll === 'true' ? 'all' : 'own')
      return [200, projects.map((project) => view.project(project, ownersOf(context, project.id)))]
    },
  }),
  route({
    method: 'POST',
    path: projectsPath,
    name: 'makeProject',
    summary: 'Make a project that belongs to people',
    action: 'project.create',
    leave: 'anybody',
    clientKey: 'optional',
    body: CreateProject,
    problems: ['company.not_found', 'project.limit', 'record.conflict'],
    replies: { 201: Project },
    answer: async (context, { body }) => {
      const project = await makeOwnProject(context, projectInput(body))
      return [201, view.fresh(view.project(project, ownersOf(context, project.id)))]
    },
  }),
  route({
    method: 'GET',
    path: one,
    name: 'readOwnProject',
    summary: 'Read one project with its owners',
    action: 'project.read',
    at: 'project',
    clientKey: 'optional',
    params: OfProject,
    problems: ['project.not_found'],
    replies: { 200: Project },
    answer: async (context, { params }) => {
      const { project } = await readProject(context, params)
      return [200, view.project(project, ownersOf(context, project.id))]
    },
  }),
  route({
    method: 'PUT',
    path: one,
    name: 'renameProject',
    summary: 'Rename a project',
    action: 'project.update',
    at: 'project',
    clientKey: 'optional',
    params: OfProject,
    body: UpdateProject,
    problems: ['project.not_found', 'name.taken', 'record.conflict'],
    replies: { 200: Project },
    answer: async (context, { params, body }) => {
      const { project } = await updateProject(context, params, { name: projectName(body) })
      return [200, view.project(project, ownersOf(context, project.id))]
    },
  }),
  route({
    method: 'DELETE',
    path: one,
    name: 'removeProject',
    summary: 'Delete a project with its service accounts and their tokens, for good',
    action: 'project.delete',
    at: 'project',
    clientKey: 'optional',
    params: OfProject,
    problems: ['project.not_found', 'record.conflict'],
    replies: { 200: Empty },
    answer: async (context, { params }) => {
      await deleteProject(context, params)
      return [200, {}]
    },
  }),
]
