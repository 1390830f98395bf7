import type { AdminClient, Project, Roles, RolesOnProject } from '../../sdk/index.ts'
import { counted } from '../counted.ts'
import { UsageError } from '../failure.ts'
import { environmentIdOf, projectIdOf, roleIdOf } from '../named.ts'
import { isBuiltIn, type NameOfRole, roleNames } from '../role-names.ts'
import type { Column } from '../table.ts'
import { plain } from '../terminal.ts'
import type { RoleFlags } from './accounts.ts'

/** The word that takes a role away. */
const none = 'none'

function assertPlace({ role, project, environment }: RoleFlags): void {
  if (project === undefined && environment !== undefined) {
    throw new UsageError('--environment: give --project too, which it is in')
  }
  if (role === undefined && project !== undefined) {
    throw new UsageError('--project: give --role too, which is meant on it')
  }
}

async function roleNamed(admin: AdminClient, companyId: string, given: string): Promise<string> {
  if (isBuiltIn(given)) return given
  return roleIdOf(await admin.company(companyId).roles.list(), given)
}

/** A role as the API names it: one that a company made for itself may be given by its name. */
export async function roleMeant(
  admin: AdminClient,
  companyId: string,
  given: string,
): Promise<string> {
  return given === none || given === '' ? '' : await roleNamed(admin, companyId, given)
}

/** The role that a list is narrowed by, as the API names it; undefined when none was given. */
export async function roleWanted(
  admin: AdminClient,
  companyId: string,
  given: string | undefined,
): Promise<string | undefined> {
  return given === undefined ? given : await roleNamed(admin, companyId, given)
}

/** The change that flags ask for; nothing when they name no role. Fails with UsageError. */
export async function rolesAsked(
  admin: AdminClient,
  companyId: string,
  flags: RoleFlags,
): Promise<Roles> {
  assertPlace(flags)
  const { project, environment } = flags
  if (flags.role === undefined) return {}
  const role = await roleMeant(admin, companyId, flags.role)
  if (project === undefined) return { role }
  const projectId = await projectIdOf(admin, project, companyId)
  if (environment === undefined) return { projectsRole: [{ projectId, role }] }
  const envId = await environmentIdOf(admin, projectId, environment)
  return { projectsRole: [{ projectId, environmentsRole: [{ envId, role }] }] }
}

/** The columns of roles that somebody was given. */
export const roleColumns: readonly Column[] = [
  { title: 'ROLE', least: 20 },
  { title: 'ON' },
  { title: 'CALLED', least: 24 },
  { title: 'ID', isExtra: true },
]

/** Who holds roles on the company and below it. */
export interface Holder {
  readonly companyRoles: readonly string[]
  readonly projects: readonly RolesOnProject[]
}

/** What projects are called, with their environments; by their ids where they may not be seen. */
function namesOf(projects: readonly Project[]) {
  const byId = new Map(projects.map((project) => [project.projectId, project]))
  const project = (id: string) => plain(byId.get(id)?.name ?? id)
  const environment = (id: string, envId: string) => {
    const found = byId.get(id)?.environments.find((one) => one.envId === envId)
    return `${project(id)} / ${plain(found?.label ?? envId)}`
  }
  return { project, environment }
}

/** The roles that somebody was given, on the company and below it. */
function rolesOf({ companyRoles, projects }: Holder): readonly string[] {
  const below = projects.flatMap(({ roles, environments }) => [
    ...roles,
    ...environments.flatMap((environment) => environment.roles),
  ])
  return [...companyRoles, ...below]
}

/** Where roles are held, and what all of it is called. */
export interface Surroundings {
  readonly company: { readonly id: string; readonly name: string }
  readonly projects: readonly Project[]
  readonly nameOf: NameOfRole
}

/** What a company, its projects and these roles of it are called, as far as whoever asks may see them. */
export async function surroundingsOf(
  admin: AdminClient,
  companyId: string,
  holder: Holder,
): Promise<Surroundings> {
  const { name } = await admin.companies.read(companyId)
  const { items: projects } = await admin.projects.list({ companyIds: [companyId] })
  const nameOf = await roleNames(admin, companyId, rolesOf(holder))
  return { company: { id: companyId, name }, projects, nameOf }
}

/** The roles that were given by their ids, each in these columns, from the company down. */
export function roleRows(
  { companyRoles, projects: held }: Holder,
  { company, projects }: Surroundings,
): readonly (readonly string[])[] {
  const names = namesOf(projects)
  const onProject = ({ _id: id, roles, environments }: RolesOnProject) => [
    ...roles.map((role) => [role, 'project', names.project(id), id]),
    ...environments.flatMap(({ envId, roles }) =>
      roles.map((role) => [role, 'environment', names.environment(id, envId), `${id}:${envId}`]),
    ),
  ]
  const onCompany = companyRoles.map((role) => [role, 'company', plain(company.name), company.id])
  return [...onCompany, ...held.flatMap(onProject)]
}

/** The same for a person, who knows roles by their names. */
export function shownRoleRows(
  holder: Holder,
  around: Surroundings,
): readonly (readonly string[])[] {
  return roleRows(holder, around).map(([role = '', ...on]) => [around.nameOf(role), ...on])
}

/** The roles of somebody in one cell of a list. */
export function rolesInBrief({ companyRoles, projects }: Holder, nameOf: NameOfRole): string {
  const { length } = projects
  const below = length === 0 ? [] : [counted(length, 'project')]
  return [...companyRoles.map(nameOf), ...below].join(', ') || none
}
