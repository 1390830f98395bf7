import {
  addMember,
  changeMember,
  listMembers,
  removeMember,
} from '../../../domain/projects/members.ts'
import { Type } from '../../../schema/type.ts'
import { memberChange, memberInput } from '../inputs.ts'
import { Empty, Member } from '../replies.ts'
import { OfMember, OfProject, projectsPath, route } from '../route.ts'
import { AddMember, UpdateMember } from '../schemas.ts'
import * as view from '../views.ts'

const all = `${projectsPath}/:projectId/users`
const one = `${all}/:userId`

/** People of a project: listing, adding, moving and removing them. */
export const memberRoutes = [
  route({
    method: 'GET',
    path: all,
    name: 'listProjectMembers',
    summary: 'List the people of a project with their groups',
    action: 'project_user.list',
    at: 'project',
    clientKey: 'optional',
    params: OfProject,
    problems: ['project.not_found'],
    replies: { 200: Type.Array(Member) },
    answer: async (context, { params: { projectId } }) => {
      const members = await listMembers(context, projectId)
      return [200, members.map((member) => view.member(member, projectId))]
    },
  }),
  route({
    method: 'POST',
    path: all,
    name: 'addProjectMember',
    summary: 'Add a person to a project, in a group; one who was never seen is invited',
    action: 'project_user.add',
    at: 'project',
    clientKey: 'optional',
    params: OfProject,
    body: AddMember,
    problems: ['project.not_found', 'member.is_self', 'user.not_found', 'record.conflict'],
    replies: { 201: Member },
    answer: async (context, { params: { projectId }, body }) => {
      const member = await addMember(context, projectId, memberInput(projectId, body))
      return [201, view.member(member, projectId)]
    },
  }),
  route({
    method: 'PUT',
    path: one,
    name: 'changeProjectMember',
    summary: 'Put a person of a project into another group',
    action: 'project_user.update',
    at: 'project',
    clientKey: 'optional',
    params: OfMember,
    body: UpdateMember,
    problems: ['project.not_found', 'member.is_self', 'user.not_found', 'record.conflict'],
    replies: { 200: Member },
    answer: async (context, { params, body }) => {
      const member = await changeMember(context, params, memberChange(params, body))
      return [200, view.member(member, params.projectId)]
    },
  }),
  route({
    method: 'DELETE',
    path: one,
    name: 'removeProjectMember',
    summary: 'Remove a person from a project',
    action: 'project_user.remove',
    at: 'project',
    clientKey: 'optional',
    params: OfMember,
    problems: ['project.not_found', 'member.is_self', 'user.not_found', 'record.conflict'],
    replies: { 200: Empty },
    answer: async (context, { params }) => {
      await removeMember(context, params)
      return [200, {}]
    },
  }),
]
