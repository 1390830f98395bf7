import type { Command } from 'commander'
import type { CompanyClient, Roles } from '../../sdk/index.ts'
import type { RoleFlags } from '../accounts/accounts.ts'
import {
  type Holder,
  roleColumns,
  roleRows,
  rolesAsked,
  surroundingsOf,
} from '../accounts/roles.ts'
import { companyIdOf } from '../named.ts'
import { one } from '../paging.ts'
import { keylessAdminOf, withLogin } from '../remote.ts'
import { printList } from '../terminal.ts'

/** How the roles of one kind of holder in a company are read, and changed. */
export interface Holders {
  readonly read: (id: string) => Promise<Holder>
  readonly update: (id: string, roles: Roles) => Promise<unknown>
  /** What else than its id a holder may be named by. */
  readonly idOf?: (given: string) => Promise<string>
}

type Flags = RoleFlags & { readonly company: string }

function rolesOf(holdersIn: (company: CompanyClient) => Holders) {
  return async (given: string, flags: Flags, command: Command): Promise<void> => {
    const admin = keylessAdminOf(command)
    const companyId = await companyIdOf(admin, flags.company)
    const holders = holdersIn(admin.company(companyId))
    const id = (await holders.idOf?.(given)) ?? given
    const wanted = await rolesAsked(admin, companyId, flags)
    if (Object.keys(wanted).length > 0) await holders.update(id, wanted)
    const holder = await holders.read(id)
    const around = await surroundingsOf(admin, companyId, holder)
    const rows = roleRows(holder, around).map(([role = '', level = '', called = '', on = '']) => ({
      role,
      level,
      called,
      id: on,
    }))
    await printList(command, {
      pages: one(async () => rows),
      columns: roleColumns,
      row: ({ role, level, called, id: on }) => [around.nameOf(role), level, called, on],
      none: 'no roles',
    })
  }
}

/** Options that name a role and what it is on. */
export function withRole(command: Command): Command {
  return command
    .option('--role <role>', 'its role, such as reporter; none takes it away')
    .option('--project <project>', 'on this project, and not on the whole company')
    .option('--environment <environment>', 'on this environment of the project alone')
}

/** Adds the verb that shows the roles of somebody in a company, and sets or takes away one. */
export function rolesVerb(
  parent: Command,
  argument: string,
  holdersIn: (company: CompanyClient) => Holders,
): void {
  withRole(withLogin(parent.command(`roles <${argument}>`)))
    .description('the roles held in a company; --role sets one, or takes it away')
    .requiredOption('--company <company>', 'in this company')
    .action(rolesOf(holdersIn))
}
