import type { Command } from 'commander'
import type { CompanyUser, CompanyUsersFilter } from '../../sdk/index.ts'
import { roleMeant, rolesInBrief, roleWanted } from '../accounts/roles.ts'
import { confirm, withYes } from '../confirm.ts'
import { companyIdOf, userIdOf } from '../named.ts'
import { everyPage } from '../paging.ts'
import { called } from '../place-lines.ts'
import { keylessAdminOf, withLogin } from '../remote.ts'
import { type NameOfRole, roleNames, withRoleNames } from '../role-names.ts'
import type { Column } from '../table.ts'
import { fields, plain, print, printList, shownTime } from '../terminal.ts'
import { rolesVerb } from './held-roles.ts'

/** The people of a company that is named. */
async function peopleIn(command: Command, company: string) {
  const admin = keylessAdminOf(command)
  const companyId = await companyIdOf(admin, company)
  return { admin, companyId, users: admin.company(companyId).users }
}

const columns: readonly Column[] = [
  { title: 'USER' },
  { title: 'NAME', least: 10 },
  { title: 'STATE' },
  { title: 'ROLES', least: 10 },
  { title: 'EMAIL', least: 20, isExtra: true },
  { title: 'LAST LOGIN', isExtra: true },
]

const shownLogin = (time: string) => shownTime(time === '' ? undefined : time)

function row(user: CompanyUser, nameOf: NameOfRole) {
  const { userId, name, email, state, lastLogin } = user
  const roles = rolesInBrief(user, nameOf)
  return [userId, plain(name), state, roles, plain(email), shownLogin(lastLogin)]
}

/** Prints the people of a company. */
export async function listInCompany(
  company: string,
  { sort = 'createdAt', role: given, ...filter }: CompanyUsersFilter,
  command: Command,
): Promise<void> {
  const { admin, companyId, users } = await peopleIn(command, company)
  const role = await roleWanted(admin, companyId, given)
  const every = everyPage((where) => users.list({ ...filter, role, sort, ...where }))
  const of = ({ companyRoles }: CompanyUser) => companyRoles
  const { pages, nameOf } = withRoleNames({ admin, companyId, of }, every)
  const inRow = (user: CompanyUser) => row(user, nameOf)
  await printList(command, { pages, columns, row: inRow, none: 'nobody' })
}

function userLines(user: CompanyUser, nameOf: NameOfRole): string[] {
  return fields({
    user: user.userId,
    name: plain(user.name),
    email: user.email === '' ? undefined : plain(user.email),
    state: user.state,
    roles: rolesInBrief(user, nameOf),
    groups: user.groups.map(({ name }) => plain(name)).join(', ') || undefined,
    'last login': shownLogin(user.lastLogin),
  })
}

/** Prints one person of a company. */
export async function showInCompany(
  company: string,
  given: string,
  command: Command,
): Promise<void> {
  const { admin, companyId, users } = await peopleIn(command, company)
  const userId = await userIdOf(users, given)
  const user = await users.read(userId)
  const nameOf = await roleNames(admin, companyId, user.companyRoles)
  print(command, { json: user, lines: userLines(user, nameOf) })
}

interface InviteFlags {
  readonly company: string
  readonly role: string
}

async function invite(email: string, flags: InviteFlags, command: Command): Promise<void> {
  const { admin, companyId, users } = await peopleIn(command, flags.company)
  const user = await users.invite({ email, role: await roleMeant(admin, companyId, flags.role) })
  const nameOf = await roleNames(admin, companyId, user.companyRoles)
  print(command, { json: user, lines: userLines(user, nameOf) })
}

interface RemoveFlags {
  readonly company: string
  readonly fromGroups?: true
}

async function remove(given: string, flags: RemoveFlags, command: Command): Promise<void> {
  const { users } = await peopleIn(command, flags.company)
  const userId = await userIdOf(users, given)
  const it = called((await users.read(userId)).name, userId)
  const groups = flags.fromGroups === true ? ' and its groups' : ''
  await confirm(command, `Take ${it} out of the company${groups}`)
  await users.remove(userId, { removeFromGroups: flags.fromGroups })
  print(command, { json: { userId, removed: true }, lines: [`${it} holds no roles there now`] })
}

/** Adds the verbs of people of a company to those of people. */
export function companyUserVerbs(users: Command): void {
  withLogin(users.command('invite <email>'))
    .description('give somebody a role in a company, who has it from the first sign-in on')
    .requiredOption('--company <company>', 'in this company')
    .requiredOption('--role <role>', 'on the company, such as reporter')
    .action(invite)
  rolesVerb(users, 'user', ({ users: people }) => ({
    ...people,
    idOf: (given) => userIdOf(people, given),
  }))
  withYes(withLogin(users.command('remove <user>')))
    .description('take away all that somebody was given in a company')
    .requiredOption('--company <company>', 'in this company')
    .option('--from-groups', 'and out of its groups')
    .action(remove)
}
