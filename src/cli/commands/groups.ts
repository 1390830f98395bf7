import type { Command } from 'commander'
import type { AdminClient, Group, Groups, GroupsFilter, NewMembers } from '../../sdk/index.ts'
import { roleMeant, roleWanted } from '../accounts/roles.ts'
import { confirm, withYes } from '../confirm.ts'
import { UsageError } from '../failure.ts'
import { filterFlags, filterOf, withFilters } from '../filters.ts'
import { list } from '../given.ts'
import { companyIdOf, groupIdOf } from '../named.ts'
import { everyPage, withOrder } from '../paging.ts'
import { called } from '../place-lines.ts'
import { keylessAdminOf, withLogin } from '../remote.ts'
import { type NameOfRole, roleNames, withRoleNames } from '../role-names.ts'
import { type Column, table } from '../table.ts'
import { fields, plain, print, printList, roomOf, shownTime } from '../terminal.ts'
import { rolesVerb } from './held-roles.ts'

interface OfCompany {
  readonly company: string
}

/** The groups of a company, and which one it is. */
interface GroupsIn extends Groups {
  readonly admin: AdminClient
  readonly companyId: string
}

const rolesOf = ({ role }: Group) => (role === '' ? [] : [role])

async function groupsOf(command: Command, { company }: OfCompany): Promise<GroupsIn> {
  const admin = keylessAdminOf(command)
  const companyId = await companyIdOf(admin, company)
  return { admin, companyId, ...admin.company(companyId).groups }
}

/** The group that is meant, and the calls about it. */
async function found(command: Command, given: string, flags: OfCompany) {
  const groups = await groupsOf(command, flags)
  return { groups, groupId: await groupIdOf(groups, given) }
}

const columns: readonly Column[] = [
  { title: 'GROUP' },
  { title: 'NAME', least: 12 },
  { title: 'ROLE', least: 14 },
  { title: 'MEMBERS' },
]

const row = ({ groupId, name, role, members }: Group, nameOf: NameOfRole) => [
  groupId,
  plain(name),
  nameOf(role) || 'none',
  String(members.length),
]

async function listAll(flags: OfCompany & GroupsFilter, command: Command): Promise<void> {
  const { sort = 'createdAt', role: given, ...filter } = filterOf(flags, filterFlags.groups)
  const groups = await groupsOf(command, flags)
  const role = await roleWanted(groups.admin, groups.companyId, given)
  const every = everyPage((where) => groups.list({ ...filter, role, sort, ...where }))
  const { pages, nameOf } = withRoleNames({ ...groups, of: rolesOf }, every)
  const inRow = (group: Group) => row(group, nameOf)
  await printList(command, { pages, columns, row: inRow, none: 'no groups' })
}

const memberColumns: readonly Column[] = [
  { title: 'MEMBER' },
  { title: 'NAME', least: 12 },
  { title: 'TYPE' },
]

function groupLines(group: Group, nameOf: NameOfRole, room: number): string[] {
  const shown = fields({
    group: group.groupId,
    name: plain(group.name),
    'external name': group.externalName === undefined ? undefined : plain(group.externalName),
    role: nameOf(group.role) || 'none',
    created: `${shownTime(group.createdAt)} by ${group.createdBy}`,
  })
  const members = group.members.map(({ id, name, type }) => [id, plain(name), type])
  const below = members.length === 0 ? ['no members'] : table(memberColumns, members, room)
  return [...shown, '', ...below]
}

async function printGroup(command: Command, { admin, companyId }: GroupsIn, group: Group) {
  const nameOf = await roleNames(admin, companyId, rolesOf(group))
  print(command, { json: group, lines: groupLines(group, nameOf, roomOf(command)) })
}

async function show(given: string, flags: OfCompany, command: Command): Promise<void> {
  const { groups, groupId } = await found(command, given, flags)
  await printGroup(command, groups, await groups.read(groupId))
}

interface NewFlags extends OfCompany {
  readonly name: string
  readonly role?: string
  readonly members?: string[]
  readonly externalName?: string
}

async function create(flags: NewFlags, command: Command): Promise<void> {
  const { name, role, members, externalName } = flags
  const groups = await groupsOf(command, flags)
  const given = role === undefined ? role : await roleMeant(groups.admin, groups.companyId, role)
  const made = await groups.create({ name, role: given, members, externalName })
  await printGroup(command, groups, made)
}

async function rename(given: string, flags: NewFlags, command: Command): Promise<void> {
  const { groups, groupId } = await found(command, given, flags)
  await groups.update(groupId, { name: flags.name })
  await printGroup(command, groups, await groups.read(groupId))
}

interface UpdateFlags extends OfCompany {
  readonly name?: string
  readonly externalName?: string
}

async function update(given: string, flags: UpdateFlags, command: Command): Promise<void> {
  const { name, externalName } = flags
  if (name === undefined && externalName === undefined) {
    throw new UsageError('groups update: give --name or --external-name')
  }
  const { groups, groupId } = await found(command, given, flags)
  await groups.update(groupId, { name, externalName: externalName === '' ? null : externalName })
  await printGroup(command, groups, await groups.read(groupId))
}

/** Who is named: by a mail address where there is an at sign, and else by an id. */
function membersOf(given: readonly string[]): NewMembers {
  const emails = given.filter((one) => one.includes('@'))
  const memberIds = given.filter((one) => !one.includes('@'))
  return {
    ...(emails.length > 0 && { emails }),
    ...(memberIds.length > 0 && { memberIds }),
  }
}

type OfMembers = readonly [given: string, who: string[], flags: OfCompany, command: Command]

async function add(...[given, who, flags, command]: OfMembers): Promise<void> {
  const { groups, groupId } = await found(command, given, flags)
  await printGroup(command, groups, await groups.addMembers(groupId, membersOf(who)))
}

async function takeOut(...[given, memberIds, flags, command]: OfMembers): Promise<void> {
  const { groups, groupId } = await found(command, given, flags)
  await printGroup(command, groups, await groups.removeMembers(groupId, { memberIds }))
}

async function remove(given: string, flags: OfCompany, command: Command): Promise<void> {
  const { groups, groupId } = await found(command, given, flags)
  const it = called((await groups.read(groupId)).name, groupId)
  await confirm(command, `Delete the group ${it}, whose roles its members lose`)
  await groups.delete(groupId)
  print(command, { json: { groupId, deleted: true }, lines: [`deleted ${it}, for good`] })
}

function ofCompany(command: Command): Command {
  return withLogin(command).requiredOption('--company <company>', 'of this company')
}

function memberVerbs(groups: Command): void {
  ofCompany(groups.command('add <group> <member...>'))
    .description('put people (ids or mail addresses) and accounts (client ids) into one')
    .action(add)
  ofCompany(groups.command('remove <group> <member...>'))
    .description('take people (ids) and accounts (client ids) out of one')
    .action(takeOut)
}

function changingVerbs(groups: Command): void {
  ofCompany(groups.command('create'))
    .description('make one')
    .requiredOption('--name <name>', 'what it is called')
    .option('--role <role>', 'its role on the company')
    .option('--members <list>', 'ids of people and client ids, separated by commas', list)
    .option('--external-name <name>', 'what issuers call it, where that is not its name')
    .action(create)
  ofCompany(groups.command('rename <group>'))
    .description('call it otherwise')
    .requiredOption('--name <name>', 'what it is called')
    .action(rename)
  ofCompany(groups.command('update <group>'))
    .description('change what it is called, or what issuers call it')
    .option('--name <name>', 'what it is called')
    .option('--external-name <name>', 'what issuers call it; "" for its name')
    .action(update)
  withYes(ofCompany(groups.command('delete <group>')))
    .description('delete it, for good; its members stay')
    .action(remove)
}

/** Adds the verbs of groups. */
export function groupsCommand(program: Command): void {
  const groups = program
    .command('groups')
    .description('groups of a company, each named by its id or name')
  withFilters(withOrder(ofCompany(groups.command('list'))), filterFlags.groups)
    .description('all of them, or those that are left, oldest first')
    .action(listAll)
  ofCompany(groups.command('show <group>'))
    .description('one of them, with its members')
    .action(show)
  changingVerbs(groups)
  memberVerbs(groups)
  rolesVerb(groups, 'group', ({ groups: calls }) => ({
    read: async (given) => {
      const { role, projects } = await calls.read(await groupIdOf(calls, given))
      return { companyRoles: role === '' ? [] : [role], projects }
    },
    update: async (given, roles) => await calls.update(await groupIdOf(calls, given), roles),
  }))
}
