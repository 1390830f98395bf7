import type { Command } from 'commander'
import type { CompanyAccountsFilter } from '../../sdk/index.ts'
import type { AccountPatch, CreateFlags, NewAccount } from '../accounts/accounts.ts'
import { accountsOf, withAccounts } from '../accounts/whose.ts'
import { confirm, withYes } from '../confirm.ts'
import { UsageError } from '../failure.ts'
import { filterFlags, filterOf, withFilters } from '../filters.ts'
import { list, readPublicKey } from '../given.ts'
import { table } from '../table.ts'
import { fields, print, roomOf, secretLines } from '../terminal.ts'
import { credentialColumns, credentialRow, rotateVerb } from './credentials.ts'
import { rolesVerb, withRole } from './held-roles.ts'
import { recoverVerb } from './recover.ts'

interface Flags extends CreateFlags {
  readonly description?: string
  readonly audiences?: string[]
  readonly defaultAudience?: string
  readonly customClaims?: string[]
  readonly publicKey?: string
  readonly jwksUri?: string
  readonly expiresAt?: string
}

async function create(flags: Flags, command: Command): Promise<void> {
  const { publicKey: keyFile, jwksUri, name, description, audiences, ...rest } = flags
  const { defaultAudience, expiresAt, customClaims: allowedCustomClaims } = rest
  const hasKey = keyFile !== undefined || jwksUri !== undefined
  const account: NewAccount = {
    ...{ name, description, audiences, defaultAudience, allowedCustomClaims, expiresAt, jwksUri },
    tokenEndpointAuthMethod: hasKey ? 'private_key_jwt' : 'client_secret_basic',
    ...(keyFile !== undefined && { publicKey: readPublicKey(command, keyFile) }),
  }
  const created = await (await accountsOf(command)).create(account, flags)
  const { clientId, clientSecret, kid } = created
  const shown = fields({ 'client id': clientId, 'client secret': clientSecret, 'key id': kid })
  print(command, { json: created, lines: [...shown, ...secretLines(clientSecret)] })
}

async function listAll(flags: CompanyAccountsFilter, command: Command): Promise<void> {
  await (await accountsOf(command)).list(filterOf(flags, filterFlags.accounts))
}

async function show(clientId: string, _flags: unknown, command: Command): Promise<void> {
  const accounts = await accountsOf(command)
  const { json, lines } = await accounts.read(clientId)
  const credentials = await accounts.credentials(clientId)
  const below = table(credentialColumns, credentials.map(credentialRow), roomOf(command))
  print(command, { json: { ...json, credentials }, lines: [...lines, '', ...below] })
}

interface UpdateFlags {
  readonly name?: string
  readonly description?: string
  readonly permissions?: string[]
  readonly audiences?: string[]
  readonly defaultAudience?: string
  readonly customClaims?: string[]
}

async function update(clientId: string, flags: UpdateFlags, command: Command): Promise<void> {
  const { defaultAudience: wanted, customClaims: allowedCustomClaims, ...rest } = flags
  const { name, description, permissions, audiences } = rest
  const defaultAudience = wanted === '' ? null : wanted
  const patch: AccountPatch = {
    ...{ name, description, permissions, audiences, defaultAudience, allowedCustomClaims },
  }
  if (Object.values(patch).every((value) => value === undefined)) {
    throw new UsageError(
      'accounts update: give --name, --description, --permissions, --audiences, --default-audience or --custom-claims',
    )
  }
  const { json, lines } = await (await accountsOf(command)).update(clientId, patch)
  print(command, { json, lines })
}

async function revokeTokens(clientId: string, _flags: unknown, command: Command): Promise<void> {
  await (await accountsOf(command)).revokeTokens(clientId)
  const lines = [`every access token of ${clientId} that was issued until now is dead`]
  print(command, { json: { clientId, tokensRevoked: true }, lines })
}

async function remove(clientId: string, _flags: unknown, command: Command): Promise<void> {
  await confirm(command, `Delete ${clientId} and its credentials`)
  await (await accountsOf(command)).delete(clientId)
  print(command, { json: { clientId, deleted: true }, lines: [`deleted ${clientId}, for good`] })
}

function turning(state: 'enabled' | 'disabled') {
  return async (clientId: string, _flags: unknown, command: Command): Promise<void> => {
    const account = await (await accountsOf(command)).update(clientId, { state })
    print(command, { json: account.json, lines: [`${clientId} is ${account.state}`] })
  }
}

function listVerb(accounts: Command): void {
  const verb = withAccounts(accounts.command('list'))
    .description('all of them, or those that are left, oldest first')
    .option('--sort <order>', 'createdAt or name, from the end with - (--sort=-name)')
    .option('--search <text>', 'only those whose name or client id has this in it')
  withFilters(verb, filterFlags.accounts).action(listAll)
}

function createVerb(accounts: Command): void {
  withRole(withAccounts(accounts.command('create')))
    .description('create one; its secret is shown once')
    .requiredOption('--name <name>', 'what it is called')
    .option('--permissions <list>', 'of a root account: permissions, separated by commas', list)
    .option('--description <text>', 'what it is for')
    .option('--audiences <list>', 'audiences it may ask for, separated by commas', list)
    .option('--default-audience <audience>', 'one of them: for tokens that name none')
    .option('--custom-claims <list>', 'claims of its assertions that go into its tokens', list)
    .option('--public-key <file>', 'log in by this key (PEM or JWK) in place of a secret')
    .option('--jwks-uri <url>', 'log in by the keys published there')
    .option('--expires-at <time>', 'end of its credential (RFC 3339)')
    .action(create)
}

function updateVerb(accounts: Command): void {
  withAccounts(accounts.command('update <client-id>'))
    .description('change what it is called and may do; a list takes the place of the former one')
    .option('--name <name>', 'what it is called')
    .option('--description <text>', 'what it is for')
    .option('--permissions <list>', 'of a root account; "" for none', list)
    .option('--audiences <list>', 'audiences it may ask for; "" for none', list)
    .option('--default-audience <audience>', 'for tokens that name none; "" for none')
    .option('--custom-claims <list>', 'claims it may say of itself; "" for none', list)
    .action(update)
}

function endingVerbs(accounts: Command): void {
  withAccounts(accounts.command('disable <client-id>'))
    .description('refuse its logins, and end its access tokens for good')
    .action(turning('disabled'))
  withAccounts(accounts.command('enable <client-id>'))
    .description('accept its logins, again or for the first time')
    .action(turning('enabled'))
  withAccounts(accounts.command('revoke-tokens <client-id>'))
    .description('end every access token that it has; it may log in for new ones')
    .action(revokeTokens)
  withYes(withAccounts(accounts.command('delete <client-id>')))
    .description('delete it and its credentials, for good')
    .action(remove)
}

/** Adds the verbs of service accounts. */
export function accountsCommand(program: Command): void {
  const accounts = program
    .command('accounts')
    .description('service accounts of root, or of a --company')
  createVerb(accounts)
  listVerb(accounts)
  withAccounts(accounts.command('show <client-id>'))
    .description('one of them, with its credentials and when each was last used')
    .action(show)
  updateVerb(accounts)
  rolesVerb(accounts, 'client-id', (company) => company.accounts)
  rotateVerb(accounts)
  endingVerbs(accounts)
  recoverVerb(accounts)
}
