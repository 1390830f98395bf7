import type { Command } from 'commander'
import type { AdminClient, ServiceAccount } from '../../sdk/index.ts'
import { UsageError } from '../failure.ts'
import { everyPage } from '../paging.ts'
import type { Column } from '../table.ts'
import { fields, plain, printList, shownTime } from '../terminal.ts'
import type { Accounts, CreateFlags, ShownAccount } from './accounts.ts'

/** How accounts log in, in the word for it in a table. */
const logins: { readonly [M in ServiceAccount['tokenEndpointAuthMethod']]: string } = {
  client_secret_basic: 'secret',
  private_key_jwt: 'key',
}

const columns: readonly Column[] = [
  { title: 'CLIENT ID' },
  { title: 'NAME', least: 16 },
  { title: 'STATE' },
  { title: 'LOGIN', isExtra: true },
  { title: 'CREATED', isExtra: true },
]

function row({ clientId, name, state, tokenEndpointAuthMethod, createdAt }: ServiceAccount) {
  return [clientId, plain(name), state, logins[tokenEndpointAuthMethod], shownTime(createdAt)]
}

function shown(account: ServiceAccount): ShownAccount {
  const lines = fields({
    'client id': account.clientId,
    name: plain(account.name),
    description: account.description === '' ? undefined : plain(account.description),
    state: account.state,
    login: account.tokenEndpointAuthMethod,
    permissions: account.permissions.join(', ') || 'none',
    audiences: account.audiences.join(', ') || undefined,
    'default audience': account.defaultAudience,
    'custom claims': account.allowedCustomClaims?.join(', ') || undefined,
    'jwks uri': account.jwksUri,
    created: `${shownTime(account.createdAt)} by ${account.createdBy}`,
  })
  return { json: account, lines, state: account.state }
}

function assertNoRole(role: string | undefined): void {
  if (role !== undefined) throw new UsageError('--role: a root account has none; give --company')
}

/** Root accounts hold permissions. */
function permissionsOf({
  permissions,
  role,
  project,
  environment,
}: CreateFlags): readonly string[] {
  assertNoRole(role)
  const place = project === undefined ? environment && 'environment' : 'project'
  if (place) throw new UsageError(`--${place}: a root account is on none; give --company`)
  if (permissions !== undefined) return permissions
  throw new UsageError('give --permissions for a root account, or --company for one of a company')
}

/** The accounts of root. */
export function accountsOfRoot(command: Command, admin: AdminClient): Accounts {
  return {
    ...admin,
    create: async (account, flags) =>
      await admin.createAccount({ ...account, permissions: permissionsOf(flags) }),
    list: async ({ role, ...filter }) => {
      assertNoRole(role)
      const pages = everyPage((where) => admin.accounts({ ...filter, ...where }))
      await printList(command, { pages, columns, row, none: 'no accounts' })
    },
    read: async (clientId) => shown(await admin.account(clientId)),
    update: async (clientId, patch) => shown(await admin.updateAccount(clientId, patch)),
    delete: async (clientId) => await admin.deleteAccount(clientId),
  }
}
