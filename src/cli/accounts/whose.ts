import type { Command } from 'commander'
import { companyIdOf } from '../named.ts'
import { adminOf, keylessAdminOf, withAdmin } from '../remote.ts'
import type { Accounts } from './accounts.ts'
import { accountsOfCompany } from './of-company.ts'
import { accountsOfRoot } from './of-root.ts'

/** A verb about accounts of root, or of a company that is named. */
export function withAccounts(command: Command): Command {
  return withAdmin(command).option('--company <company>', 'of this company, and not of root')
}

/** The company whose accounts are meant; undefined for those of root. */
function companyOf(command: Command): string | undefined {
  const company: unknown = command.opts()['company']
  return typeof company === 'string' ? company : undefined
}

/** The accounts that a verb is about. */
export async function accountsOf(command: Command): Promise<Accounts> {
  const company = companyOf(command)
  if (company === undefined) return accountsOfRoot(command, adminOf(command))
  const admin = keylessAdminOf(command)
  return accountsOfCompany(command, admin, await companyIdOf(admin, company))
}
