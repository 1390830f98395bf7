import type { Command } from 'commander'
import { permissions } from '../../domain/access/permissions.ts'
import { printList } from '../terminal.ts'

async function* known() {
  yield Object.entries(permissions).map(([name, opens]) => ({ name, opens }))
}

async function listAll(_flags: unknown, command: Command): Promise<void> {
  await printList(command, {
    pages: known(),
    columns: [{ title: 'PERMISSION' }, { title: 'LETS ITS HOLDER', isProse: true }],
    row: ({ name, opens }) => [name, opens],
    none: '',
  })
}

/** Adds the verb that lists the permissions. */
export function permissionsCommand(program: Command): void {
  program
    .command('permissions')
    .description('every permission and what it lets its holder do')
    .action(listAll)
}
