import { type Command, Option } from 'commander'
import type { IdentitiesFilter, Identity } from '../../sdk/index.ts'
import { roleWanted } from '../accounts/roles.ts'
import { filterFlags, filterOf, withFilters } from '../filters.ts'
import { companyIdOf, projectIdOf } from '../named.ts'
import { everyPage, withOrder } from '../paging.ts'
import { keylessAdminOf, withLogin } from '../remote.ts'
import { type NameOfRole, withRoleNames } from '../role-names.ts'
import type { Column } from '../table.ts'
import { plain, printList } from '../terminal.ts'

const columns: readonly Column[] = [
  { title: 'ID' },
  { title: 'NAME', least: 12 },
  { title: 'TYPE' },
  { title: 'ROLES', least: 12 },
]

type Type = Identity['identityType']
const types: Readonly<Record<Type, true>> = { user: true, group: true, serviceaccount: true }

/** The roles that count: on the project where one was named, and else on the company. */
const countedOf = (identity: Identity, projectId: string | undefined) =>
  (projectId === undefined ? identity : identity.projects[0])?.effectiveRoles ?? []

/** On how many environments of a project a role is set, or counts that does not count on the project. */
function environmentsOf(project: Identity['projects'][number] | undefined): number {
  const { effectiveRoles = [], environments = [], inheritedEnvironments = [] } = project ?? {}
  const more = inheritedEnvironments.filter((one) =>
    one.effectiveRoles.some((role) => !effectiveRoles.includes(role)),
  )
  return environments.length + more.length
}

/** The same in one cell, with how many there are below. */
function shownRoles(identity: Identity, projectId: string | undefined, nameOf: NameOfRole): string {
  const { projects } = identity
  const below = projectId === undefined ? projects.length : environmentsOf(projects[0])
  const noun = projectId === undefined ? 'project' : 'environment'
  const more = below === 0 ? [] : [`${below} ${noun}${below === 1 ? '' : 's'}`]
  return [...countedOf(identity, projectId).map(nameOf), ...more].join(', ') || 'none'
}

interface Flags extends Omit<IdentitiesFilter, 'identityType' | 'projectIds'> {
  readonly company: string
  readonly type?: Type
  readonly project?: string
}

async function listAll(flags: Flags, command: Command): Promise<void> {
  const { company, type: identityType, project } = flags
  const { sort = 'createdAt', role: given, ...filter } = filterOf(flags, filterFlags.identities)
  const admin = keylessAdminOf(command)
  const companyId = await companyIdOf(admin, company)
  const projectId = project === undefined ? undefined : await projectIdOf(admin, project, companyId)
  const projectIds = projectId === undefined ? undefined : [projectId]
  const role = await roleWanted(admin, companyId, given)
  const asked = { ...filter, identityType, projectIds, role, sort }
  const every = everyPage((where) => admin.company(companyId).identities({ ...asked, ...where }))
  const of = (identity: Identity) => countedOf(identity, projectId)
  const { pages, nameOf } = withRoleNames({ admin, companyId, of }, every)
  await printList(command, {
    pages,
    columns,
    row: (identity) => {
      const { identityId, name, identityType: type } = identity
      return [identityId, plain(name), type, shownRoles(identity, projectId, nameOf)]
    },
    none: 'nobody',
  })
}

/** Adds the verb that lists who can hold roles in a company. */
export function identitiesCommand(program: Command): void {
  const identities = program
    .command('identities')
    .description('people, groups and service accounts of a company, with their roles')
  const list = withOrder(withLogin(identities.command('list')))
    .description('everybody who can hold roles there, oldest first')
    .requiredOption('--company <company>', 'in this company')
    .option('--project <project>', 'with the roles that count on this project')
    .addOption(new Option('--type <type>', 'those of one type').choices(Object.keys(types)))
  withFilters(list, filterFlags.identities).action(listAll)
}
