import type { Command } from 'commander'
import type { AdminClient, Environment, ListFilter } from '../../sdk/index.ts'
import { confirm, withYes } from '../confirm.ts'
import { byIdSlugOrName, environmentIdOf, projectIdOf } from '../named.ts'
import { one, withOrder } from '../paging.ts'
import { called, madeBy, type PlaceFlags, placeFields } from '../place-lines.ts'
import { keylessAdminOf, withLogin } from '../remote.ts'
import type { Column } from '../table.ts'
import { fields, plain, print, printList, shownTime } from '../terminal.ts'

const columns: readonly Column[] = [
  { title: 'ENVIRONMENT' },
  { title: 'NAME', least: 12 },
  { title: 'NAMESPACE', least: 16 },
  { title: 'CREATED', isExtra: true },
]

const row = ({ envId, name, namespace, createdAt }: Environment) => [
  envId,
  plain(name),
  namespace,
  shownTime(createdAt),
]

interface OfProject {
  readonly project: string
  readonly company?: string
}

const projectOf = (admin: AdminClient, { project, company }: OfProject) =>
  projectIdOf(admin, project, company)

async function listAll(flags: OfProject & ListFilter, command: Command): Promise<void> {
  const admin = keylessAdminOf(command)
  const { sort, search } = flags
  const pages = one(async () => {
    const projectId = await projectOf(admin, flags)
    return (await admin.environments.list(projectId, { sort, search })).items
  })
  await printList(command, { pages, columns, row, none: 'no environments' })
}

function environmentLines(environment: Environment): string[] {
  return fields({
    environment: environment.envId,
    ...placeFields(environment),
    namespace: environment.namespace,
    project: environment.projectId,
    company: environment.companyId,
    created: madeBy(environment),
  })
}

/** The environment that is meant, and who asks about it. */
async function found(command: Command, given: string, flags: OfProject) {
  const admin = keylessAdminOf(command)
  const projectId = await projectOf(admin, flags)
  return { admin, projectId, envId: await environmentIdOf(admin, projectId, given) }
}

async function show(given: string, flags: OfProject, command: Command): Promise<void> {
  const { admin, projectId, envId } = await found(command, given, flags)
  const environment = await admin.environments.read(projectId, envId)
  print(command, { json: environment, lines: environmentLines(environment) })
}

async function create(flags: PlaceFlags & OfProject, command: Command): Promise<void> {
  const { name, description } = flags
  const admin = keylessAdminOf(command)
  const projectId = await projectOf(admin, flags)
  const environment = await admin.environments.create(projectId, { name, description })
  print(command, { json: environment, lines: environmentLines(environment) })
}

async function rename(
  given: string,
  flags: PlaceFlags & OfProject,
  command: Command,
): Promise<void> {
  const { name, description } = flags
  const { admin, projectId, envId } = await found(command, given, flags)
  const environment = await admin.environments.update(projectId, envId, { name, description })
  const lines = [`the environment is now called ${called(environment.name, envId)}`]
  print(command, { json: environment, lines })
}

async function remove(given: string, flags: OfProject, command: Command): Promise<void> {
  const { admin, projectId, envId } = await found(command, given, flags)
  const it = called((await admin.environments.read(projectId, envId)).name, envId)
  await confirm(command, `Delete the environment ${it} and the roles on it`)
  await admin.environments.delete(projectId, envId)
  print(command, { json: { projectId, envId, deleted: true }, lines: [`deleted ${it}, for good`] })
}

/** A verb about what is in a project. */
function inProject(command: Command): Command {
  return withLogin(command)
    .requiredOption('--project <project>', `of this project: ${byIdSlugOrName}`)
    .option('--company <company>', 'where to look for the project by its name')
}

function changingVerbs(environments: Command): void {
  inProject(environments.command('rename <environment>'))
    .description('call it otherwise; its slug and namespace stay')
    .requiredOption('--name <name>', 'what it is called')
    .option('--description <text>', 'what it is for')
    .action(rename)
  withYes(inProject(environments.command('delete <environment>')))
    .description('delete it, for good')
    .action(remove)
}

/** Adds the verbs of environments. */
export function environmentsCommand(program: Command): void {
  const environments = program
    .command('environments')
    .description(`environments of a project, each named by ${byIdSlugOrName}`)
  withOrder(inProject(environments.command('list')))
    .description('those that you may see, or those of a name, oldest first')
    .action(listAll)
  inProject(environments.command('show <environment>')).description('one of them').action(show)
  inProject(environments.command('create'))
    .description('make one')
    .requiredOption('--name <name>', 'what it is called')
    .option('--description <text>', 'what it is for')
    .action(create)
  changingVerbs(environments)
}
