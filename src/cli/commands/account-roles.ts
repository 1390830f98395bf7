import type { Command } from 'commander'
import type { RoleFlags } from '../accounts/accounts.ts'
import { roleColumns, roleRows, rolesAsked } from '../accounts/roles.ts'
import { companyIdOf } from '../named.ts'
import { one } from '../paging.ts'
import { keylessAdminOf, withLogin } from '../remote.ts'
import { printList } from '../terminal.ts'

type Flags = RoleFlags & { readonly company: string }

async function roles(clientId: string, flags: Flags, command: Command): Promise<void> {
  const admin = keylessAdminOf(command)
  const companyId = await companyIdOf(admin, flags.company)
  const { accounts } = admin.company(companyId)
  const wanted = await rolesAsked(admin, companyId, flags)
  if (Object.keys(wanted).length > 0) await accounts.update(clientId, wanted)
  const { name } = await admin.companies.read(companyId)
  const { items: projects } = await admin.projects.list({ companyIds: [companyId] })
  const pages = one(async () => {
    const rows = roleRows(await accounts.read(clientId), { id: companyId, name }, projects)
    return rows.map(([role = '', level = '', called = '', id = '']) => ({
      role,
      level,
      called,
      id,
    }))
  })
  await printList(command, {
    pages,
    columns: roleColumns,
    row: ({ role, level, called, id }) => [role, level, called, id],
    none: 'no roles',
  })
}

/** Options that name a role and what it is on. */
export function withRole(command: Command): Command {
  return command
    .option('--role <role>', 'its role, such as reporter; none takes it away')
    .option('--project <project>', 'on this project, and not on the whole company')
    .option('--environment <environment>', 'on this environment of the project alone')
}

/** Adds the verb that shows the roles of an account, and sets or takes away one. */
export function rolesVerb(accounts: Command): void {
  withRole(withLogin(accounts.command('roles <client-id>')))
    .description('the roles of an account of a company; --role sets one, or takes it away')
    .requiredOption('--company <company>', 'whose account it is')
    .action(roles)
}
