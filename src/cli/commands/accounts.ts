import { type Command, InvalidArgumentError } from 'commander'
import type { AdminClient, PublicKeyInput, ServiceAccount } from '../../sdk/index.ts'
import { adminOf, withAdmin } from '../remote.ts'
import { fields, list, plain, print, table } from '../terminal.ts'
import { readInput } from '../world.ts'

const perPage = 200

interface CreateFlags {
  readonly name: string
  readonly permissions: string[]
  readonly description?: string
  readonly audiences?: string[]
  readonly publicKey?: string
  readonly jwksUri?: string
  readonly expiresAt?: string
}

/** A JWK as it is, PEM as text: the server tells what is wrong with either. */
function readPublicKey(command: Command, file: string): PublicKeyInput {
  const content = readInput(command, file, '--public-key')
  if (!content.trimStart().startsWith('{')) return content
  try {
    return { ...JSON.parse(content) }
  } catch {
    return content
  }
}

async function create(flags: CreateFlags, command: Command): Promise<void> {
  const { publicKey: keyFile, jwksUri, ...rest } = flags
  const hasKey = keyFile !== undefined || jwksUri !== undefined
  const { name, permissions, description, audiences, expiresAt } = rest
  const created = await adminOf(command).createAccount({
    name,
    permissions,
    description,
    audiences,
    expiresAt,
    jwksUri,
    tokenEndpointAuthMethod: hasKey ? 'private_key_jwt' : 'client_secret_basic',
    ...(keyFile !== undefined && { publicKey: readPublicKey(command, keyFile) }),
  })
  const { clientId, clientSecret, kid } = created
  const shown = fields({ 'client id': clientId, 'client secret': clientSecret, 'key id': kid })
  const once = clientSecret === undefined ? [] : ['The secret is shown this once: keep it now.']
  print(command, { json: created, lines: [...shown, ...once] })
}

/** Every account, page by page; accounts made meanwhile come last. */
async function everyAccount(admin: AdminClient): Promise<readonly ServiceAccount[]> {
  const found: ServiceAccount[] = []
  for (let page = 1; ; page += 1) {
    const { items } = await admin.accounts({ page, perPage })
    found.push(...items)
    if (items.length < perPage) return found
  }
}

async function listAll(_flags: unknown, command: Command): Promise<void> {
  const accounts = await everyAccount(adminOf(command))
  const rows = accounts.map(({ clientId, name, state, tokenEndpointAuthMethod, createdAt }) => {
    return [clientId, plain(name), state, tokenEndpointAuthMethod, createdAt]
  })
  const lines = table(['CLIENT ID', 'NAME', 'STATE', 'LOGIN', 'CREATED'], rows)
  print(command, { json: accounts, lines })
}

async function show(clientId: string, _flags: unknown, command: Command): Promise<void> {
  const admin = adminOf(command)
  const account = await admin.account(clientId)
  const credentials = await admin.credentials(clientId)
  const lines = fields({
    'client id': account.clientId,
    name: plain(account.name),
    description: account.description === '' ? undefined : plain(account.description),
    state: account.state,
    login: account.tokenEndpointAuthMethod,
    permissions: account.permissions.join(', ') || 'none',
    audiences: account.audiences.join(', ') || undefined,
    'jwks uri': account.jwksUri,
    created: `${account.createdAt} by ${account.createdBy}`,
  })
  const rows = credentials.map(({ id, name, state, expiresAt, lastUsedAt }) => {
    return [id, plain(name), state, expiresAt ?? 'never', lastUsedAt ?? 'never']
  })
  const below = table(['CREDENTIAL', 'NAME', 'STATE', 'ENDS', 'LAST USED'], rows)
  print(command, { json: { ...account, credentials }, lines: [...lines, '', ...below] })
}

interface RotateFlags {
  readonly overlap: number
  readonly expiresAt?: string
}

async function rotate(clientId: string, flags: RotateFlags, command: Command): Promise<void> {
  const { overlap: overlapSeconds, expiresAt } = flags
  const rotated = await adminOf(command).rotate(clientId, { overlapSeconds, expiresAt })
  const lines = fields({
    credential: rotated.id,
    'client secret': rotated.clientSecret,
    'former ends': rotated.previousExpiresAt,
  })
  print(command, {
    json: rotated,
    lines: [...lines, 'The secret is shown this once: keep it now.'],
  })
}

async function remove(clientId: string, _flags: unknown, command: Command): Promise<void> {
  await adminOf(command).deleteAccount(clientId)
  print(command, { json: { clientId, deleted: true }, lines: [`deleted ${clientId}, for good`] })
}

function turning(state: ServiceAccount['state']) {
  return async (clientId: string, _flags: unknown, command: Command): Promise<void> => {
    const account = await adminOf(command).updateAccount(clientId, { state })
    print(command, { json: account, lines: [`${clientId} is ${account.state}`] })
  }
}

function seconds(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Expected a whole number of seconds.')
}

function createVerb(accounts: Command): void {
  withAdmin(accounts.command('create'))
    .description('create a root service account; its secret is shown once')
    .requiredOption('--name <name>', 'what it is called')
    .requiredOption('--permissions <list>', 'permissions, separated by commas', list)
    .option('--description <text>', 'what it is for')
    .option('--audiences <list>', 'audiences it may ask for, separated by commas', list)
    .option('--public-key <file>', 'log in by this key (PEM or JWK) in place of a secret')
    .option('--jwks-uri <url>', 'log in by the keys published there')
    .option('--expires-at <time>', 'end of its credential (RFC 3339)')
    .action(create)
}

/** Adds the verbs of service accounts. */
export function accountsCommand(program: Command): void {
  const accounts = program.command('accounts').description('root service accounts, over the API')
  createVerb(accounts)
  withAdmin(accounts.command('list')).description('all of them, oldest first').action(listAll)
  withAdmin(accounts.command('show <client-id>'))
    .description('one of them, with its credentials and when each was last used')
    .action(show)
  withAdmin(accounts.command('rotate <client-id>'))
    .description('make a new secret; the former ones end after the overlap')
    .option('--overlap <seconds>', 'how long the former secrets stay good', seconds, 0)
    .option('--expires-at <time>', 'end of the new secret (RFC 3339)')
    .action(rotate)
  withAdmin(accounts.command('disable <client-id>'))
    .description('refuse its logins, and end its access tokens for good')
    .action(turning('disabled'))
  withAdmin(accounts.command('enable <client-id>'))
    .description('accept its logins again')
    .action(turning('enabled'))
  withAdmin(accounts.command('delete <client-id>'))
    .description('delete it and its credentials, for good')
    .action(remove)
}
