import type { Command } from 'commander'
import type { ClientKey, ClientKeyPatch, ListFilter } from '../../sdk/index.ts'
import { confirm, withYes } from '../confirm.ts'
import { one, withOrder } from '../paging.ts'
import { keylessAdminOf, withLogin } from '../remote.ts'
import type { Column } from '../table.ts'
import { fields, plain, print, printList, shownTime } from '../terminal.ts'

const columns: readonly Column[] = [
  { title: 'CLIENT KEY' },
  { title: 'NAME', least: 12 },
  { title: 'STATE' },
  { title: 'ENDS', isExtra: true },
  { title: 'LAST USED' },
  { title: 'CREATED', isExtra: true },
]

function row({ id, name, state, expiresAt, lastUsedAt, createdAt }: ClientKey) {
  const times = [shownTime(expiresAt), shownTime(lastUsedAt), shownTime(createdAt)]
  return [id, plain(name), state, ...times]
}

async function listAll({ sort, search }: ListFilter, command: Command): Promise<void> {
  const admin = keylessAdminOf(command)
  await printList(command, {
    pages: one(async () => await admin.clientKeys({ sort, search })),
    columns,
    row,
    none: 'no client keys',
  })
}

interface CreateFlags {
  readonly name: string
  readonly expiresAt?: string
}

async function create({ name, expiresAt }: CreateFlags, command: Command): Promise<void> {
  const created = await keylessAdminOf(command).createClientKey({ name, expiresAt })
  const { id, clientKey } = created
  const shown = fields({ id, 'client key': clientKey, ends: created.expiresAt })
  print(command, { json: created, lines: [...shown, 'The key is shown this once: keep it now.'] })
}

async function change(command: Command, id: string, patch: ClientKeyPatch): Promise<void> {
  const key = await keylessAdminOf(command).updateClientKey(id, patch)
  print(command, { json: key, lines: [`${id} is ${plain(key.name)}, ${key.state}`] })
}

type OfKey = readonly [id: string, flags: unknown, command: Command]

async function rename(id: string, flags: { name: string }, command: Command): Promise<void> {
  await change(command, id, { name: flags.name })
}

function turning(state: ClientKey['state']) {
  return async (...[id, , command]: OfKey): Promise<void> => await change(command, id, { state })
}

async function remove(...[id, , command]: OfKey): Promise<void> {
  await confirm(command, `Delete the client key ${id}`)
  await keylessAdminOf(command).deleteClientKey(id)
  print(command, { json: { id, deleted: true }, lines: [`deleted ${id}, for good`] })
}

function changingVerbs(keys: Command): void {
  withLogin(keys.command('rename <id>'))
    .description('call it otherwise')
    .requiredOption('--name <name>', 'what it is called')
    .action(rename)
  withLogin(keys.command('disable <id>'))
    .description('refuse the calls of applications that send it')
    .action(turning('disabled'))
  withLogin(keys.command('enable <id>')).description('accept it again').action(turning('enabled'))
  withYes(withLogin(keys.command('delete <id>')))
    .description('delete it, for good')
    .action(remove)
}

/** Adds the verbs of the keys by which applications are known to the management API. */
export function clientKeysCommand(program: Command): void {
  const keys = program
    .command('client-keys')
    .description('keys of calling applications, over the API')
  withOrder(withLogin(keys.command('list')))
    .description('all of them, without their values, and when each was last used')
    .action(listAll)
  withLogin(keys.command('create'))
    .description('make one; it is shown once')
    .requiredOption('--name <name>', 'what it is called')
    .option('--expires-at <time>', 'when it ends (RFC 3339)')
    .action(create)
  changingVerbs(keys)
}
