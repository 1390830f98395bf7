import type { Command } from 'commander'
import type { ListFilter, Project } from '../../sdk/index.ts'
import { confirm, withYes } from '../confirm.ts'
import { byIdSlugOrName, companyIdOf, projectIdOf } from '../named.ts'
import { one, withOrder } from '../paging.ts'
import { called, madeBy, nameColumns, type PlaceFlags, placeFields } from '../place-lines.ts'
import { keylessAdminOf, withLogin } from '../remote.ts'
import { type Column, table } from '../table.ts'
import { fields, plain, print, printList, roomOf } from '../terminal.ts'

const columns: readonly Column[] = [
  { title: 'PROJECT' },
  ...nameColumns,
  { title: 'ENVIRONMENTS', least: 12 },
  { title: 'COMPANY', isExtra: true },
]

const row = ({ projectId, name, slug, environments, companyId }: Project) => [
  projectId,
  plain(name),
  slug,
  environments.map(({ label }) => plain(label)).join(', '),
  companyId,
]

interface OfCompany {
  readonly company?: string
}

async function listAll(
  { company, sort, search }: OfCompany & ListFilter,
  command: Command,
): Promise<void> {
  const admin = keylessAdminOf(command)
  const pages = one(async () => {
    const companyIds = company === undefined ? [] : [await companyIdOf(admin, company)]
    return (await admin.projects.list({ companyIds, sort, search })).items
  })
  await printList(command, { pages, columns, row, none: 'no projects' })
}

const environmentColumns: readonly Column[] = [
  { title: 'ENVIRONMENT' },
  { title: 'NAME', least: 16 },
  { title: 'NAMESPACE', least: 16 },
]

function projectLines(project: Project): string[] {
  return fields({
    project: project.projectId,
    ...placeFields(project),
    company: project.companyId,
    created: madeBy(project),
  })
}

async function show(given: string, { company }: OfCompany, command: Command): Promise<void> {
  const admin = keylessAdminOf(command)
  const project = await admin.projects.read(await projectIdOf(admin, given, company))
  const rows = project.environments.map(({ envId, label, namespace }) => {
    return [envId, plain(label), namespace]
  })
  const below = table(environmentColumns, rows, roomOf(command))
  const shown = rows.length === 0 ? ['no environments'] : below
  print(command, { json: project, lines: [...projectLines(project), '', ...shown] })
}

type NewProject = PlaceFlags & { readonly company: string }

async function create(flags: NewProject, command: Command): Promise<void> {
  const { company, name, description } = flags
  const admin = keylessAdminOf(command)
  const companyId = await companyIdOf(admin, company)
  const project = await admin.projects.create(companyId, { name, description })
  print(command, { json: project, lines: projectLines(project) })
}

async function rename(
  given: string,
  { company, name, description }: PlaceFlags & OfCompany,
  command: Command,
): Promise<void> {
  const admin = keylessAdminOf(command)
  const projectId = await projectIdOf(admin, given, company)
  const project = await admin.projects.update(projectId, { name, description })
  const lines = [`the project is now called ${called(project.name, projectId)}`]
  print(command, { json: project, lines })
}

async function remove(given: string, { company }: OfCompany, command: Command): Promise<void> {
  const admin = keylessAdminOf(command)
  const { projectId, name } = await admin.projects.read(await projectIdOf(admin, given, company))
  const it = called(name, projectId)
  await confirm(command, `Delete the project ${it} with its environments and roles`)
  await admin.projects.delete(projectId)
  print(command, { json: { projectId, deleted: true }, lines: [`deleted ${it}, for good`] })
}

/** A verb that may be told in which company to look for a project that is named by its name. */
function withinCompany(command: Command): Command {
  return withLogin(command).option('--company <company>', 'where to look for it by its name')
}

function changingVerbs(projects: Command): void {
  withinCompany(projects.command('rename <project>'))
    .description('call it otherwise; its slug stays')
    .requiredOption('--name <name>', 'what it is called')
    .option('--description <text>', 'what it is for')
    .action(rename)
  withYes(withinCompany(projects.command('delete <project>')))
    .description('delete it with its environments, for good')
    .action(remove)
}

/** Adds the verbs of projects. */
export function projectsCommand(program: Command): void {
  const projects = program
    .command('projects')
    .description(`projects of companies, each named by ${byIdSlugOrName}`)
  withOrder(withLogin(projects.command('list')))
    .description('those that you may see, or those of a name, oldest first')
    .option('--company <company>', 'those of this company alone')
    .action(listAll)
  withinCompany(projects.command('show <project>'))
    .description('one of them, with its environments')
    .action(show)
  withLogin(projects.command('create'))
    .description('make one')
    .requiredOption('--company <company>', 'whose it is')
    .requiredOption('--name <name>', 'what it is called')
    .option('--description <text>', 'what it is for')
    .action(create)
  changingVerbs(projects)
}
