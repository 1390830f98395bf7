import {
  type CompanyPermission,
  isPermission,
  type LowerPermission,
  type Permission,
  permissionNames,
} from './permissions.ts'
import { projectGroups } from './project-groups.ts'
import type { Role } from './role.ts'

/** Who holds what by a role on a company: guest, reporter, developer, maintainer, project-admin, owner. */
const onCompany = {
  'console.company.view': 'GRDMAO',
  'console.company.details.update': 'O',
  'console.company.project.create': 'O',
  'console.company.project.view': 'RDMAO',
  'console.company.project.environment.view': 'RDMAO',
  'console.company.project.service.repository.create': 'DMAO',
  'console.company.project.configuration.update': 'DMAO',
  'console.company.project.secreted_variables.manage': 'AO',
  'console.company.project.environment.deploy.trigger': 'MAO',
  'console.company.project.environment.k8s.pod.delete': 'MAO',
  'console.company.project.environment.k8s.job.delete': 'MAO',
  'console.company.project.environment.k8s.job.create': 'MAO',
  'console.company.project.environment.dashboard.manage': 'AO',
  'console.company.users.manage': 'O',
  'console.company.project.details.update': 'AO',
  // The cell of the owner is empty: console.company.users.manage implies it.
  'console.company.project.users.manage': 'A',
  'console.company.delete': 'O',
  'console.company.project.delete': 'AO',
  'console.company.providers.manage': 'O',
  'console.company.providers.view': 'GRDMAO',
  'console.company.cluster.manage': 'O',
  'console.company.cluster.view': 'GRDMAO',
  'console.company.templates.manage': 'O',
  'console.company.configuration.views.manage': 'AO',
  'marketplace.company.resources.view': 'GRDMAO',
  'marketplace.company.resources.manage': 'AO',
  'console.company.project.configuration.version.delete': 'AO',
} as const satisfies Record<CompanyPermission, string>

/** The same by a role on one project or on one environment. */
const below = {
  'console.project.view': 'GRDMA',
  'console.project.environment.view': 'RDMA',
  'console.environment.view': 'RM',
  'console.project.service.repository.create': 'DMA',
  'console.project.configuration.update': 'DMA',
  'console.project.details.update': 'A',
  'console.project.configuration.version.delete': 'A',
  'console.project.secreted_variables.manage': 'A',
  'console.project.environment.deploy.trigger': 'MA',
  'console.environment.deploy.trigger': 'M',
  'console.project.environment.k8s.pod.delete': 'MA',
  'console.project.environment.k8s.job.delete': 'MA',
  'console.project.environment.k8s.job.create': 'MA',
  'console.environment.k8s.job.delete': 'M',
  'console.environment.k8s.job.create': 'M',
  'console.environment.k8s.pod.delete': 'M',
  'console.project.environment.dashboard.manage': 'A',
  'console.environment.dashboard.manage': '',
  'console.project.users.manage': 'A',
  'console.project.delete': '',
} as const satisfies Record<LowerPermission, string>

/** The permissions whose row of a matrix has this letter. */
function column(matrix: Readonly<Record<string, string>>, letter: string): ReadonlySet<Permission> {
  const names = Object.entries(matrix).filter(([, letters]) => letters.includes(letter))
  return new Set(names.map(([name]) => name).filter(isPermission))
}

const nothing: ReadonlySet<Permission> = new Set()

type Said = Pick<Role, 'name' | 'description' | 'levels'>

function builtIn(id: string, letter: string, said: Said): Role {
  const [company, lower] = [column(onCompany, letter), column(below, letter)]
  const byLevel = { root: nothing, company, project: lower, environment: lower } as const
  return { id, ...said, at: (level) => (said.levels.includes(level) ? byLevel[level] : nothing) }
}

/** The six roles that there always are, from the least to the most. */
export const builtInRoles = [
  builtIn('guest', 'G', {
    name: 'Guest',
    description: 'basic, restricted viewing',
    levels: ['company', 'project'],
  }),
  builtIn('reporter', 'R', {
    name: 'Reporter',
    description: 'view configuration and environments',
    levels: ['company', 'project', 'environment'],
  }),
  builtIn('developer', 'D', {
    name: 'Developer',
    description: 'edit configuration, view environments',
    levels: ['company', 'project'],
  }),
  builtIn('maintainer', 'M', {
    name: 'Maintainer',
    description: 'edit configuration and act on environments',
    levels: ['company', 'project', 'environment'],
  }),
  builtIn('project-admin', 'A', {
    name: 'Project Administrator',
    description: 'everything in a project, its identities too',
    levels: ['company', 'project'],
  }),
  builtIn('company-owner', 'O', {
    name: 'Company Owner',
    description: 'everything in the company and all its projects',
    levels: ['company'],
  }),
] as const satisfies readonly Role[]

/** The role that lets somebody into a company, and little more. */
export const guestRole = 'guest'

/** The role of whoever made a company. */
export const ownerRole = 'company-owner'

/** All that a role holds on any level, in the order of the catalogue. */
export function permissionsOf({ levels, at }: Role): readonly Permission[] {
  return permissionNames.filter((name) => levels.some((level) => at(level).has(name)))
}

const byId: ReadonlyMap<string, Role> = new Map(
  [...builtInRoles, ...projectGroups].map((role) => [role.id, role]),
)

/** One of the six roles, or a group of a project; undefined when the name is none of theirs. */
export function builtInRole(id: string): Role | undefined {
  return byId.get(id)
}
