import type { Command } from 'commander'
import type { AdminClient, CustomRole, ListFilter, Role, RolePatch } from '../../sdk/index.ts'
import { confirm, withYes } from '../confirm.ts'
import { UsageError } from '../failure.ts'
import { list } from '../given.ts'
import { companyIdOf, roleIdOf } from '../named.ts'
import { one, withOrder } from '../paging.ts'
import { called } from '../place-lines.ts'
import { keylessAdminOf, withLogin } from '../remote.ts'
import type { Column } from '../table.ts'
import { fields, plain, print, printList, shownTime } from '../terminal.ts'

const columns: readonly Column[] = [
  { title: 'ROLE' },
  { title: 'NAME', least: 12 },
  { title: 'HELD ON' },
  { title: 'PERMISSIONS', isExtra: true },
  { title: 'DESCRIPTION', least: 20, isExtra: true },
]

const row = ({ roleId, name, levels, permissions, description }: Role) => [
  roleId,
  plain(name),
  levels.join(', '),
  String(permissions.length),
  plain(description),
]

interface OfCompany {
  readonly company?: string
}

/** The roles that can be given: the six, and then those that the company made for itself. */
async function rolesFor(
  admin: AdminClient,
  { company, sort, search }: OfCompany & ListFilter,
): Promise<readonly Role[]> {
  const all = await admin.roles({ sort, search })
  if (company === undefined) return all
  const { roles } = admin.company(await companyIdOf(admin, company))
  return [...all, ...(await roles.list({ sort, search }))]
}

async function listAll(flags: OfCompany & ListFilter, command: Command): Promise<void> {
  const admin = keylessAdminOf(command)
  const pages = one(async () => await rolesFor(admin, flags))
  await printList(command, { pages, columns, row, none: 'no roles' })
}

function roleLines(role: Role | CustomRole): string[] {
  const { roleId, name, description, levels, permissions } = role
  const made = 'createdAt' in role ? `${shownTime(role.createdAt)} by ${role.createdBy}` : undefined
  const shown = fields({
    role: roleId,
    name: plain(name),
    description: description === '' ? undefined : plain(description),
    'held on': levels.join(', '),
    created: made,
  })
  const held = permissions.length === 0 ? ['no permissions'] : permissions
  return [...shown, '', ...held]
}

async function show(given: string, flags: OfCompany, command: Command): Promise<void> {
  const all = await rolesFor(keylessAdminOf(command), flags)
  const id = roleIdOf(all, given)
  const role = all.find(({ roleId }) => roleId === id)
  if (role !== undefined) print(command, { json: role, lines: roleLines(role) })
}

interface RoleFlags {
  readonly company: string
  readonly name?: string
  readonly description?: string
  readonly permissions?: string[]
}

type NewFlags = RoleFlags & Required<Pick<RoleFlags, 'name' | 'permissions'>>

async function create(flags: NewFlags, command: Command): Promise<void> {
  const { company, name, description, permissions } = flags
  const admin = keylessAdminOf(command)
  const { roles } = admin.company(await companyIdOf(admin, company))
  const role = await roles.create({ name, description, permissions })
  print(command, { json: role, lines: roleLines(role) })
}

/** The role of a company that is meant, among those that it made. */
async function found(command: Command, given: string, { company }: RoleFlags) {
  const admin = keylessAdminOf(command)
  const { roles } = admin.company(await companyIdOf(admin, company))
  return { roles, roleId: roleIdOf(await roles.list(), given) }
}

async function update(given: string, flags: RoleFlags, command: Command): Promise<void> {
  const { name, description, permissions } = flags
  const patch: RolePatch = { name, description, permissions }
  if (Object.values(patch).every((value) => value === undefined)) {
    throw new UsageError('roles update: give --name, --description or --permissions')
  }
  const { roles, roleId } = await found(command, given, flags)
  const role = await roles.update(roleId, patch)
  print(command, { json: role, lines: roleLines(role) })
}

async function remove(given: string, flags: RoleFlags, command: Command): Promise<void> {
  const { roles, roleId } = await found(command, given, flags)
  const it = called((await roles.read(roleId)).name, roleId)
  await confirm(command, `Delete the role ${it}`)
  await roles.delete(roleId)
  print(command, { json: { roleId, deleted: true }, lines: [`deleted ${it}, for good`] })
}

function ofCompany(command: Command): Command {
  return withLogin(command).requiredOption('--company <company>', 'whose role it is')
}

function changingVerbs(roles: Command): void {
  ofCompany(roles.command('create'))
    .description('make one for a company, of permissions that you hold yourself')
    .requiredOption('--name <name>', 'what it is called')
    .requiredOption('--permissions <list>', 'permissions, separated by commas', list)
    .option('--description <text>', 'what it is for')
    .action(create)
  ofCompany(roles.command('update <role>'))
    .description('change one of a company; it counts at once for all who hold it')
    .option('--name <name>', 'what it is called')
    .option('--permissions <list>', 'in place of the former ones; "" for none', list)
    .option('--description <text>', 'what it is for')
    .action(update)
  withYes(ofCompany(roles.command('delete <role>')))
    .description('delete one of a company that nobody holds, for good')
    .action(remove)
}

/** Adds the verbs of roles. */
export function rolesCommand(program: Command): void {
  const roles = program.command('roles').description('roles, each named by its id or name')
  withOrder(withLogin(roles.command('list')))
    .description('the six that every company has, and then those of a company')
    .option('--company <company>', 'with those that it made for itself')
    .action(listAll)
  withLogin(roles.command('show <role>'))
    .description('one of them, with its permissions')
    .option('--company <company>', 'whose role it is, unless it is one of the six')
    .action(show)
  changingVerbs(roles)
}
