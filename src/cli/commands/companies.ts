import type { Command } from 'commander'
import type { CompaniesFilter, Company, CompanyPatch, Project } from '../../sdk/index.ts'
import { confirm, withYes } from '../confirm.ts'
import { filterFlags, filterOf, withFilters } from '../filters.ts'
import { byIdSlugOrName, companyIdOf } from '../named.ts'
import { one, withOrder } from '../paging.ts'
import { called, madeBy, nameColumns, type PlaceFlags, placeFields } from '../place-lines.ts'
import { keylessAdminOf, withLogin } from '../remote.ts'
import { type Column, table } from '../table.ts'
import { fields, plain, print, printList, roomOf, shownTime } from '../terminal.ts'

const columns: readonly Column[] = [
  { title: 'COMPANY' },
  ...nameColumns,
  { title: 'STATE' },
  { title: 'CREATED', isExtra: true },
]

const row = ({ companyId, name, slug, state, createdAt }: Company) => [
  companyId,
  plain(name),
  slug,
  state,
  shownTime(createdAt),
]

async function listAll(flags: CompaniesFilter, command: Command): Promise<void> {
  const admin = keylessAdminOf(command)
  const filter = filterOf(flags, filterFlags.companies)
  const pages = one(async () => (await admin.companies.list(filter)).items)
  await printList(command, { pages, columns, row, none: 'no companies' })
}

function companyLines(company: Company): string[] {
  return fields({
    company: company.companyId,
    ...placeFields(company),
    state: company.state,
    created: madeBy(company),
  })
}

const projectColumns: readonly Column[] = [
  { title: 'PROJECT' },
  { title: 'NAME', least: 16 },
  { title: 'ENVIRONMENTS', least: 12 },
]

/** The projects of a company, as its page shows them. */
const projectRow = ({ projectId, name, environments }: Project) => [
  projectId,
  plain(name),
  environments.map(({ label }) => plain(label)).join(', '),
]

async function show(given: string, _flags: unknown, command: Command): Promise<void> {
  const admin = keylessAdminOf(command)
  const companyId = await companyIdOf(admin, given)
  const company = await admin.companies.read(companyId)
  const { items: projects } = await admin.projects.list({ companyIds: [companyId] })
  const below = table(projectColumns, projects.map(projectRow), roomOf(command))
  const shown = projects.length === 0 ? ['no projects'] : below
  print(command, {
    json: { ...company, projects },
    lines: [...companyLines(company), '', ...shown],
  })
}

async function create({ name, description }: PlaceFlags, command: Command): Promise<void> {
  const company = await keylessAdminOf(command).companies.create({ name, description })
  print(command, { json: company, lines: companyLines(company) })
}

async function change(command: Command, given: string, patch: CompanyPatch): Promise<Company> {
  const admin = keylessAdminOf(command)
  return await admin.companies.update(await companyIdOf(admin, given), patch)
}

async function rename(given: string, flags: PlaceFlags, command: Command): Promise<void> {
  const { name, description } = flags
  const company = await change(command, given, { name, description })
  const lines = [`the company is now called ${called(company.name, company.companyId)}`]
  print(command, { json: company, lines })
}

function turning(state: Company['state']) {
  return async (given: string, _flags: unknown, command: Command): Promise<void> => {
    const company = await change(command, given, { state })
    const lines = [`${called(company.name, company.companyId)} is ${company.state}`]
    print(command, { json: company, lines })
  }
}

async function remove(given: string, _flags: unknown, command: Command): Promise<void> {
  const admin = keylessAdminOf(command)
  const { companyId, name } = await admin.companies.read(await companyIdOf(admin, given))
  const it = called(name, companyId)
  await confirm(command, `Delete the company ${it} with its projects, accounts and groups`)
  await admin.companies.delete(companyId)
  print(command, { json: { companyId, deleted: true }, lines: [`deleted ${it}, for good`] })
}

function changingVerbs(companies: Command): void {
  withLogin(companies.command('rename <company>'))
    .description('call it otherwise; its slug stays')
    .requiredOption('--name <name>', 'what it is called')
    .option('--description <text>', 'what it is for')
    .action(rename)
  withLogin(companies.command('disable <company>'))
    .description('refuse the logins and end the rights of all of its accounts')
    .action(turning('disabled'))
  withLogin(companies.command('enable <company>'))
    .description('let its accounts log in again')
    .action(turning('enabled'))
  withYes(withLogin(companies.command('delete <company>')))
    .description('delete it with everything below it, for good')
    .action(remove)
}

/** Adds the verbs of companies. */
export function companiesCommand(program: Command): void {
  const companies = program
    .command('companies')
    .description(`companies, each named by ${byIdSlugOrName}`)
  withFilters(withOrder(withLogin(companies.command('list'))), filterFlags.companies)
    .description('those that you may see, or those that are left, oldest first')
    .action(listAll)
  withLogin(companies.command('show <company>'))
    .description('one of them, with its projects')
    .action(show)
  withLogin(companies.command('create'))
    .description('make one, which belongs to you')
    .requiredOption('--name <name>', 'what it is called')
    .option('--description <text>', 'what it is for')
    .action(create)
  changingVerbs(companies)
}
