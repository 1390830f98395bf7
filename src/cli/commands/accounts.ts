import type { Command } from 'commander'
import type { AccountsFilter, ServiceAccount, ServiceAccountPatch } from '../../sdk/index.ts'
import { confirm, withYes } from '../confirm.ts'
import { UsageError } from '../failure.ts'
import { list, readPublicKey } from '../given.ts'
import { everyPage } from '../paging.ts'
import { adminOf, withAdmin } from '../remote.ts'
import { type Column, table } from '../table.ts'
import { fields, plain, print, printList, roomOf, secretLines, shownTime } from '../terminal.ts'
import { credentialColumns, credentialRow, rotateVerb } from './credentials.ts'
import { recoverVerb } from './recover.ts'

interface CreateFlags {
  readonly name: string
  readonly permissions: string[]
  readonly description?: string
  readonly audiences?: string[]
  readonly defaultAudience?: string
  readonly publicKey?: string
  readonly jwksUri?: string
  readonly expiresAt?: string
}

async function create(flags: CreateFlags, command: Command): Promise<void> {
  const { publicKey: keyFile, jwksUri, ...rest } = flags
  const hasKey = keyFile !== undefined || jwksUri !== undefined
  const { name, permissions, description, audiences, defaultAudience, expiresAt } = rest
  const created = await adminOf(command).createAccount({
    name,
    permissions,
    description,
    audiences,
    defaultAudience,
    expiresAt,
    jwksUri,
    tokenEndpointAuthMethod: hasKey ? 'private_key_jwt' : 'client_secret_basic',
    ...(keyFile !== undefined && { publicKey: readPublicKey(command, keyFile) }),
  })
  const { clientId, clientSecret, kid } = created
  const shown = fields({ 'client id': clientId, 'client secret': clientSecret, 'key id': kid })
  print(command, { json: created, lines: [...shown, ...secretLines(clientSecret)] })
}

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

/** By cursor, which a list has that is sorted: what comes and goes meanwhile shifts nothing. */
async function listAll(flags: AccountsFilter, command: Command): Promise<void> {
  const { sort = 'createdAt', search } = flags
  const admin = adminOf(command)
  await printList(command, {
    pages: everyPage((where) => admin.accounts({ sort, search, ...where })),
    columns,
    row: ({ clientId, name, state, tokenEndpointAuthMethod, createdAt }) => {
      const created = shownTime(createdAt)
      return [clientId, plain(name), state, logins[tokenEndpointAuthMethod], created]
    },
    none: 'no accounts',
  })
}

function accountLines(account: ServiceAccount): string[] {
  return fields({
    'client id': account.clientId,
    name: plain(account.name),
    description: account.description === '' ? undefined : plain(account.description),
    state: account.state,
    login: account.tokenEndpointAuthMethod,
    permissions: account.permissions.join(', ') || 'none',
    audiences: account.audiences.join(', ') || undefined,
    'default audience': account.defaultAudience,
    'jwks uri': account.jwksUri,
    created: `${shownTime(account.createdAt)} by ${account.createdBy}`,
  })
}

async function show(clientId: string, _flags: unknown, command: Command): Promise<void> {
  const admin = adminOf(command)
  const account = await admin.account(clientId)
  const credentials = await admin.credentials(clientId)
  const below = table(credentialColumns, credentials.map(credentialRow), roomOf(command))
  const lines = [...accountLines(account), '', ...below]
  print(command, { json: { ...account, credentials }, lines })
}

interface UpdateFlags {
  readonly name?: string
  readonly description?: string
  readonly permissions?: string[]
  readonly audiences?: string[]
  readonly defaultAudience?: string
}

async function update(clientId: string, flags: UpdateFlags, command: Command): Promise<void> {
  const { defaultAudience: wanted, name, description, permissions, audiences } = flags
  const defaultAudience = wanted === '' ? null : wanted
  const patch: ServiceAccountPatch = { name, description, permissions, audiences, defaultAudience }
  if (Object.values(patch).every((value) => value === undefined)) {
    throw new UsageError(
      'accounts update: give --name, --description, --permissions, --audiences or --default-audience',
    )
  }
  const account = await adminOf(command).updateAccount(clientId, patch)
  print(command, { json: account, lines: accountLines(account) })
}

async function revokeTokens(clientId: string, _flags: unknown, command: Command): Promise<void> {
  await adminOf(command).revokeTokens(clientId)
  const lines = [`every access token of ${clientId} that was issued until now is dead`]
  print(command, { json: { clientId, tokensRevoked: true }, lines })
}

async function remove(clientId: string, _flags: unknown, command: Command): Promise<void> {
  await confirm(command, `Delete ${clientId} and its credentials`)
  await adminOf(command).deleteAccount(clientId)
  print(command, { json: { clientId, deleted: true }, lines: [`deleted ${clientId}, for good`] })
}

function turning(state: 'enabled' | 'disabled') {
  return async (clientId: string, _flags: unknown, command: Command): Promise<void> => {
    const account = await adminOf(command).updateAccount(clientId, { state })
    print(command, { json: account, lines: [`${clientId} is ${account.state}`] })
  }
}

function createVerb(accounts: Command): void {
  withAdmin(accounts.command('create'))
    .description('create a root service account; its secret is shown once')
    .requiredOption('--name <name>', 'what it is called')
    .requiredOption('--permissions <list>', 'permissions, separated by commas', list)
    .option('--description <text>', 'what it is for')
    .option('--audiences <list>', 'audiences it may ask for, separated by commas', list)
    .option('--default-audience <audience>', 'one of them: for tokens that name none')
    .option('--public-key <file>', 'log in by this key (PEM or JWK) in place of a secret')
    .option('--jwks-uri <url>', 'log in by the keys published there')
    .option('--expires-at <time>', 'end of its credential (RFC 3339)')
    .action(create)
}

function updateVerb(accounts: Command): void {
  withAdmin(accounts.command('update <client-id>'))
    .description('change what it is called and may do; a list takes the place of the former one')
    .option('--name <name>', 'what it is called')
    .option('--description <text>', 'what it is for')
    .option('--permissions <list>', 'permissions, separated by commas; "" for none', list)
    .option('--audiences <list>', 'audiences it may ask for; "" for none', list)
    .option('--default-audience <audience>', 'for tokens that name none; "" for none')
    .action(update)
}

function endingVerbs(accounts: Command): void {
  withAdmin(accounts.command('disable <client-id>'))
    .description('refuse its logins, and end its access tokens for good')
    .action(turning('disabled'))
  withAdmin(accounts.command('enable <client-id>'))
    .description('accept its logins again')
    .action(turning('enabled'))
  withAdmin(accounts.command('revoke-tokens <client-id>'))
    .description('end every access token that it has; it may log in for new ones')
    .action(revokeTokens)
  withYes(withAdmin(accounts.command('delete <client-id>')))
    .description('delete it and its credentials, for good')
    .action(remove)
}

/** Adds the verbs of service accounts. */
export function accountsCommand(program: Command): void {
  const accounts = program.command('accounts').description('root service accounts, over the API')
  createVerb(accounts)
  withAdmin(accounts.command('list'))
    .description('all of them, or those of a name, oldest first')
    .option('--sort <order>', 'createdAt or name, from the end with - (--sort=-name)')
    .option('--search <text>', 'only those whose name has this in it')
    .action(listAll)
  withAdmin(accounts.command('show <client-id>'))
    .description('one of them, with its credentials and when each was last used')
    .action(show)
  updateVerb(accounts)
  rotateVerb(accounts)
  endingVerbs(accounts)
  recoverVerb(accounts)
}
