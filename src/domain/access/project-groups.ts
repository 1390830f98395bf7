import { isPermission, type Permission, projectPermissions } from './permissions.ts'
import type { Role } from './role.ts'

const toViewers: readonly Permission[] = [
  'console.project.view',
  'console.project.environment.view',
]

const toEditors: readonly Permission[] = [
  ...toViewers,
  'console.project.service.repository.create',
  'console.project.configuration.update',
  'console.project.environment.deploy.trigger',
  'console.project.environment.k8s.pod.delete',
  'console.project.environment.k8s.job.delete',
  'console.project.environment.k8s.job.create',
]

const toManagers: readonly Permission[] = [
  ...toViewers,
  'console.project.details.update',
  'console.project.users.manage',
  'console.project.delete',
]

const toOwners = Object.keys(projectPermissions).filter(isPermission)

type Said = Pick<Role, 'name' | 'description' | 'handedOnBy' | 'isForPeople'>

function group<I extends string>(id: I, held: readonly Permission[], said: Said) {
  const [all, nothing] = [new Set(held), new Set<Permission>()]
  const at: Role['at'] = (level) => (level === 'project' ? all : nothing)
  return { id, ...said, levels: ['project'], at } as const satisfies Role
}

/** Whoever is a manager of a project puts others there who hold what managers lack themselves. */
const handedOnBy = toManagers

/** The groups of a project, as Kubermatic knows them: roles beside the six, from the least to the most. */
export const projectGroups = [
  group('viewers', toViewers, { name: 'Viewer', description: 'read only', handedOnBy }),
  group('editors', toEditors, {
    name: 'Editor',
    description: 'change what is in the project, but neither the project nor its members',
    handedOnBy,
  }),
  group('projectmanagers', toManagers, {
    name: 'Project Manager',
    description: 'change the project, its members and service accounts',
  }),
  group('owners', toOwners, {
    name: 'Owner',
    description: 'everything in the project',
    isForPeople: true,
  }),
] as const

/** The name of a group of a project. */
export type ProjectGroup = (typeof projectGroups)[number]['id']

/** Whether a text names a group of a project. */
export function isProjectGroup(text: string): text is ProjectGroup {
  return projectGroups.some(({ id }) => id === text)
}
