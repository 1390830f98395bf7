import type { Command } from 'commander'
import type { CompanyUsersFilter, User } from '../../sdk/index.ts'
import { confirm, withYes } from '../confirm.ts'
import { UsageError } from '../failure.ts'
import { filterFlags, filterOf, withFilters } from '../filters.ts'
import { everyPage, withOrder } from '../paging.ts'
import { called } from '../place-lines.ts'
import { keylessAdminOf, withLogin } from '../remote.ts'
import type { Column } from '../table.ts'
import { fields, plain, print, printList, shownTime } from '../terminal.ts'
import { companyUserVerbs, listInCompany, showInCompany } from './company-users.ts'

const columns: readonly Column[] = [
  { title: 'USER' },
  { title: 'NAME', least: 12 },
  { title: 'EMAIL', least: 12 },
  { title: 'STATE' },
  { title: 'LAST LOGIN', isExtra: true },
]

const shownLogin = (time: string) => shownTime(time === '' ? undefined : time)

const row = ({ userId, name, email = '', state, lastLogin }: User) => [
  userId,
  plain(name),
  plain(email),
  state,
  shownLogin(lastLogin),
]

interface OfCompany {
  readonly company?: string
}

async function listAll(flags: CompanyUsersFilter & OfCompany, command: Command): Promise<void> {
  const { company } = flags
  const asked = filterOf(flags, filterFlags.users)
  if (company !== undefined) return await listInCompany(company, asked, command)
  const { role, sort = 'createdAt', ...filter } = asked
  if (role !== undefined) throw new UsageError('--role: of a company alone; give --company too')
  const { users } = keylessAdminOf(command)
  const pages = everyPage((where) => users.list({ ...filter, sort, ...where }))
  await printList(command, { pages, columns, row, none: 'nobody has signed in or was invited' })
}

function userLines(user: User): string[] {
  const { email, emailVerified } = user
  const vouched = emailVerified === true ? '' : ' (not verified)'
  return fields({
    user: user.userId,
    name: plain(user.name),
    email: email === undefined ? undefined : `${plain(email)}${vouched}`,
    issuer: user.issuer === undefined ? undefined : plain(user.issuer),
    state: user.state,
    permissions: user.permissions.join(', ') || 'none',
    'last login': shownLogin(user.lastLogin),
    created: `${shownTime(user.createdAt)} by ${user.createdBy}`,
  })
}

type OfUser = readonly [userId: string, flags: unknown, command: Command]

async function show(userId: string, { company }: OfCompany, command: Command): Promise<void> {
  if (company !== undefined) return await showInCompany(company, userId, command)
  const user = await keylessAdminOf(command).users.read(userId)
  print(command, { json: user, lines: userLines(user) })
}

function turning(state: 'enabled' | 'disabled') {
  return async (...[userId, , command]: OfUser): Promise<void> => {
    const user = await keylessAdminOf(command).users.update(userId, { state })
    const lines = [`${called(user.name, userId)} is ${user.state}`]
    print(command, { json: user, lines })
  }
}

async function remove(...[userId, , command]: OfUser): Promise<void> {
  const { users } = keylessAdminOf(command)
  const it = called((await users.read(userId)).name, userId)
  await confirm(command, `Delete ${it} with all roles and memberships`)
  await users.delete(userId)
  print(command, { json: { userId, deleted: true }, lines: [`deleted ${it}, for good`] })
}

/** Adds the verbs of people. */
export function usersCommand(program: Command): void {
  const users = program.command('users').description('people who signed in or were invited')
  withFilters(withOrder(withLogin(users.command('list'))), filterFlags.users)
    .description('all of them, or those that are left, oldest first')
    .option('--company <company>', 'those of this company')
    .action(listAll)
  withLogin(users.command('show <user>'))
    .description('one of them')
    .option('--company <company>', 'as this company knows them')
    .action(show)
  companyUserVerbs(users)
  withLogin(users.command('disable <user>'))
    .description('end what they may do, at once')
    .action(turning('disabled'))
  withLogin(users.command('enable <user>'))
    .description('let them sign in again')
    .action(turning('enabled'))
  withYes(withLogin(users.command('delete <user>')))
    .description('delete one with all that is bound to them, for good')
    .action(remove)
}
