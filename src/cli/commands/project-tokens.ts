import type { Command } from 'commander'
import type { ProjectToken, ProjectTokensFilter } from '../../sdk/index.ts'
import { confirm, withYes } from '../confirm.ts'
import { filterFlags, filterOf, withFilters } from '../filters.ts'
import { list, seconds } from '../given.ts'
import { everyPage, withOrder } from '../paging.ts'
import { keylessAdminOf, withLogin } from '../remote.ts'
import type { Column } from '../table.ts'
import { fields, plain, print, printList, shownTime } from '../terminal.ts'

const columns: readonly Column[] = [
  { title: 'TOKEN' },
  { title: 'NAME', least: 12 },
  { title: 'STATE' },
  { title: 'ENDS' },
  { title: 'LAST USED', isExtra: true },
  { title: 'CREATED', isExtra: true },
]

function row({ id, name, state, expiresAt, lastUsedAt, createdAt }: ProjectToken) {
  const times = [shownTime(expiresAt), shownTime(lastUsedAt), shownTime(createdAt)]
  return [id, plain(name), state, ...times]
}

async function listAll(
  clientId: string,
  flags: ProjectTokensFilter,
  command: Command,
): Promise<void> {
  const { projectTokens } = keylessAdminOf(command)
  const filter = filterOf(flags, filterFlags.tokens)
  await printList(command, {
    pages: everyPage(async (where) => await projectTokens.list(clientId, { ...filter, ...where })),
    columns,
    row,
    none: `${clientId} has no tokens`,
  })
}

const shownOnce = 'The token is shown this once: keep it now.'

interface CreateFlags {
  readonly name: string
  readonly expiresAt?: string
  readonly audience?: readonly string[]
}

async function create(clientId: string, flags: CreateFlags, command: Command): Promise<void> {
  const { name, expiresAt, audience: audiences } = flags
  const made = await keylessAdminOf(command).projectTokens.create(clientId, {
    name,
    expiresAt,
    audiences,
  })
  const shown = fields({ id: made.id, token: made.token, ends: made.expiresAt })
  print(command, { json: made, lines: [...shown, shownOnce] })
}

type OfToken<F> = readonly [clientId: string, id: string, flags: F, command: Command]

async function rename(...[clientId, id, { name }, command]: OfToken<{ name: string }>) {
  const token = await keylessAdminOf(command).projectTokens.rename({ clientId, id }, name)
  print(command, { json: token, lines: [`${id} is ${plain(token.name)}`] })
}

interface RegenerateFlags {
  readonly overlap: number
  readonly expiresAt?: string
}

async function regenerate(
  ...[clientId, id, { overlap, expiresAt }, command]: OfToken<RegenerateFlags>
): Promise<void> {
  const input = { overlapSeconds: overlap, expiresAt }
  const made = await keylessAdminOf(command).projectTokens.regenerate({ clientId, id }, input)
  const shown = fields({
    id,
    token: made.token,
    ends: made.expiresAt,
    'former ends': made.previousExpiresAt,
  })
  print(command, { json: made, lines: [...shown, shownOnce] })
}

async function remove(...[clientId, id, , command]: OfToken<unknown>): Promise<void> {
  await confirm(command, `Delete the token ${id} of ${clientId}`)
  await keylessAdminOf(command).projectTokens.delete({ clientId, id })
  print(command, { json: { clientId, id, deleted: true }, lines: [`deleted ${id}: it ended`] })
}

function changingVerbs(tokens: Command): void {
  withLogin(tokens.command('rename <client-id> <token-id>'))
    .description('call it otherwise; its value stays')
    .requiredOption('--name <name>', 'what it is called')
    .action(rename)
  withLogin(tokens.command('regenerate <client-id> <token-id>'))
    .description('make a new value, shown once; the former one ends after the overlap')
    .option('--overlap <seconds>', 'how long the former value stays good', seconds, 0)
    .option('--expires-at <time>', 'when the new value ends (RFC 3339)')
    .action(regenerate)
  withYes(withLogin(tokens.command('delete <client-id> <token-id>')))
    .description('delete it: it ends at once')
    .action(remove)
}

/** Adds the verbs of tokens that live long. */
export function projectTokensCommand(program: Command): void {
  const tokens = program
    .command('tokens')
    .description('tokens that live long, of a service account, over the API')
  withFilters(withOrder(withLogin(tokens.command('list <client-id>'))), filterFlags.tokens)
    .description('all of them, without their values, and when each was last used')
    .action(listAll)
  withLogin(tokens.command('create <client-id>'))
    .description('make one; it is shown once, and ends after three years when nobody says so')
    .requiredOption('--name <name>', 'what it is called')
    .option('--expires-at <time>', 'when it ends (RFC 3339)')
    .option('--audience <audiences>', 'what it is for besides the server, with commas', list)
    .action(create)
  changingVerbs(tokens)
}
