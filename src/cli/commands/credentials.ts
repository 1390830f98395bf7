import type { Command } from 'commander'
import type { Credential, ListFilter } from '../../sdk/index.ts'
import { accountsOf, withAccounts } from '../accounts/whose.ts'
import { confirm, withYes } from '../confirm.ts'
import { readPublicKey, seconds } from '../given.ts'
import { one, withOrder } from '../paging.ts'
import type { Column } from '../table.ts'
import { fields, plain, print, printList, secretLines, shownTime } from '../terminal.ts'

/** The columns of credentials, wherever they are shown. */
export const credentialColumns: readonly Column[] = [
  { title: 'CREDENTIAL' },
  { title: 'NAME', least: 12 },
  { title: 'STATE' },
  { title: 'ENDS' },
  { title: 'LAST USED' },
  { title: 'KEY', least: 8, isExtra: true },
]

/** A credential in these columns. */
export function credentialRow({ id, name, state, expiresAt, lastUsedAt, kid }: Credential) {
  return [id, plain(name), state, shownTime(expiresAt), shownTime(lastUsedAt), plain(kid ?? '')]
}

async function listAll(
  clientId: string,
  { sort, search }: ListFilter,
  command: Command,
): Promise<void> {
  const accounts = await accountsOf(command)
  await printList(command, {
    pages: one(async () => await accounts.credentials(clientId, { sort, search })),
    columns: credentialColumns,
    row: credentialRow,
    none: `${clientId} has no credentials`,
  })
}

interface AddFlags {
  readonly name?: string
  readonly expiresAt?: string
  readonly publicKey?: string
}

async function add(clientId: string, flags: AddFlags, command: Command): Promise<void> {
  const { name, expiresAt, publicKey: keyFile } = flags
  const added = await (await accountsOf(command)).addCredential(clientId, {
    name,
    expiresAt,
    ...(keyFile !== undefined && { publicKey: readPublicKey(command, keyFile) }),
  })
  const { id: credential, clientSecret, kid } = added
  const shown = { credential, 'client secret': clientSecret, 'key id': kid, ends: added.expiresAt }
  print(command, { json: added, lines: [...fields(shown), ...secretLines(clientSecret)] })
}

interface RotateFlags {
  readonly overlap: number
  readonly expiresAt?: string
  readonly name?: string
}

async function rotate(clientId: string, flags: RotateFlags, command: Command): Promise<void> {
  const { overlap: overlapSeconds, expiresAt, name } = flags
  const rotated = await (await accountsOf(command)).rotate(clientId, {
    overlapSeconds,
    expiresAt,
    name,
  })
  const lines = fields({
    credential: rotated.id,
    'client secret': rotated.clientSecret,
    'former ends': rotated.previousExpiresAt,
  })
  print(command, { json: rotated, lines: [...lines, ...secretLines(rotated.clientSecret)] })
}

type OfCredential = readonly [clientId: string, id: string, flags: unknown, command: Command]

async function remove(...[clientId, id, , command]: OfCredential): Promise<void> {
  await confirm(command, `Delete the credential ${id} of ${clientId}`)
  await (await accountsOf(command)).deleteCredential(clientId, id)
  print(command, { json: { clientId, id, deleted: true }, lines: [`deleted ${id}, for good`] })
}

/** The verb that rotates a secret; it is found below accounts and below credentials. */
export function rotateVerb(parent: Command): void {
  withAccounts(parent.command('rotate <client-id>'))
    .description('make a new secret; the former ones end after the overlap')
    .option('--overlap <seconds>', 'how long the former secrets stay good', seconds, 0)
    .option('--expires-at <time>', 'end of the new secret (RFC 3339)')
    .option('--name <name>', 'what the new secret is called')
    .action(rotate)
}

/** Adds the verbs of what accounts log in with. */
export function credentialsCommand(program: Command): void {
  const credentials = program
    .command('credentials')
    .description('secrets and keys of a service account, over the API')
  withOrder(withAccounts(credentials.command('list <client-id>')))
    .description('what an account logs in with, and when each was last used')
    .action(listAll)
  withAccounts(credentials.command('add <client-id>'))
    .description('add a public key, or else a secret, which is shown once')
    .option('--public-key <file>', 'the key (PEM or JWK), for an account that logs in by keys')
    .option('--name <name>', 'what it is called')
    .option('--expires-at <time>', 'when it ends (RFC 3339)')
    .action(add)
  rotateVerb(credentials)
  withYes(withAccounts(credentials.command('delete <client-id> <credential-id>')))
    .description('delete one, for good, with the tokens that it was given')
    .action(remove)
}
