import type { Command } from 'commander'
import type { AdminClient, CompanyAccount } from '../../sdk/index.ts'
import { UsageError } from '../failure.ts'
import { everyPage } from '../paging.ts'
import { called } from '../place-lines.ts'
import { type NameOfRole, withRoleNames } from '../role-names.ts'
import { type Column, table } from '../table.ts'
import { fields, plain, printList, roomOf, shownTime } from '../terminal.ts'
import type { AccountPatch, Accounts, ShownAccount } from './accounts.ts'
import {
  roleColumns,
  rolesAsked,
  rolesInBrief,
  roleWanted,
  shownRoleRows,
  surroundingsOf,
} from './roles.ts'

const columns: readonly Column[] = [
  { title: 'CLIENT ID' },
  { title: 'NAME', least: 16 },
  { title: 'STATE' },
  { title: 'ROLES', least: 12 },
  { title: 'LAST LOGIN', isExtra: true },
]

const shownLogin = (time: string) => shownTime(time === '' ? undefined : time)

function row(account: CompanyAccount, nameOf: NameOfRole) {
  const { clientId, name, state, lastLogin } = account
  const roles = rolesInBrief(account, nameOf)
  return [clientId, plain(name), state.toLowerCase(), roles, shownLogin(lastLogin)]
}

function accountFields(account: CompanyAccount, company: string): string[] {
  return fields({
    'client id': account.clientId,
    name: plain(account.name),
    description: account.description === '' ? undefined : plain(account.description),
    company,
    state: account.state.toLowerCase(),
    login: account.authMethod,
    audiences: account.audiences.join(', ') || undefined,
    'default audience': account.defaultAudience,
    'custom claims': account.allowedCustomClaims?.join(', ') || undefined,
    'jwks uri': account.jwksUri,
    'last login': shownLogin(account.lastLogin),
    created: `${shownTime(account.createdAt)} by ${account.createdBy}`,
  })
}

/** An account of a company holds roles alone. Fails with UsageError. */
function assertNoPermissions({ permissions }: Pick<AccountPatch, 'permissions'>): void {
  if (permissions === undefined) return
  throw new UsageError(
    '--permissions: an account of a company has roles in their place; see accounts roles',
  )
}

/** The accounts of a company. */
export function accountsOfCompany(
  command: Command,
  admin: AdminClient,
  companyId: string,
): Accounts {
  const { accounts } = admin.company(companyId)
  const read = async (clientId: string): Promise<ShownAccount> => {
    const account = await accounts.read(clientId)
    const around = await surroundingsOf(admin, companyId, account)
    const { company } = around
    const rows = shownRoleRows(account, around)
    const roles = rows.length === 0 ? ['no roles'] : table(roleColumns, rows, roomOf(command))
    const above = accountFields(account, called(company.name, company.id))
    return { json: account, lines: [...above, '', ...roles], state: account.state.toLowerCase() }
  }
  return {
    ...accounts,
    read,
    create: async (account, flags) => {
      assertNoPermissions(flags)
      const roles = await rolesAsked(admin, companyId, flags)
      return await accounts.create({ ...account, ...roles })
    },
    list: async ({ sort = 'createdAt', role: given, ...filter }) => {
      const role = await roleWanted(admin, companyId, given)
      const every = everyPage((where) => accounts.list({ ...filter, role, sort, ...where }))
      const of = ({ companyRoles }: CompanyAccount) => companyRoles
      const { pages, nameOf } = withRoleNames({ admin, companyId, of }, every)
      const inRow = (account: CompanyAccount) => row(account, nameOf)
      await printList(command, { pages, columns, row: inRow, none: 'no accounts' })
    },
    update: async (clientId, { permissions, ...patch }) => {
      assertNoPermissions({ permissions })
      await accounts.update(clientId, patch)
      return await read(clientId)
    },
  }
}
