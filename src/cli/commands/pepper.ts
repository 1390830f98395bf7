import type { Command } from 'commander'
import type { PepperStatus } from '../../sdk/index.ts'
import { adminOf, withAdmin } from '../remote.ts'
import { plain, print } from '../terminal.ts'

const states = {
  current: 'current: new digests are made with it',
  retired: 'retired',
  missing: 'missing: nothing that needs it can log in',
  foreign: 'digested by another server: each is exchanged for a digest of ours at its next login',
} as const

function advice({ state, isNeeded }: PepperStatus): string | undefined {
  if (state !== 'retired') return undefined
  return isNeeded
    ? '  taken out of secret.retiredPeppers now, it would lock these out'
    : '  nothing needs it: it may be taken out of secret.retiredPeppers'
}

function linesOf(status: PepperStatus): readonly string[] {
  const { id, state, secrets, clientKeys, accounts } = status
  const named = accounts.map(({ clientId, name }) => `  ${clientId}  ${plain(name)}`)
  return [
    `${id}  ${states[state]}`,
    `  secrets ${secrets}, client keys ${clientKeys}`,
    ...[advice(status)].filter((line) => line !== undefined),
    ...(state === 'current' ? [] : named),
  ]
}

async function status(_flags: unknown, command: Command): Promise<void> {
  const peppers = await adminOf(command).peppers()
  print(command, { json: peppers, lines: peppers.flatMap(linesOf) })
}

/** Adds the verb that tells what needs which pepper. */
export function pepperCommand(program: Command): void {
  const pepper = program.command('pepper').description('what the digests of secrets are made with')
  withAdmin(pepper.command('status'))
    .description('how many secrets and client keys need which pepper, and when one may go')
    .action(status)
}
