import type { Command } from 'commander'
import { Declined, UsageError } from './failure.ts'
import { worldOf } from './world.ts'

/** Lets a verb that cannot be undone be told beforehand that it is meant. */
export function withYes(command: Command): Command {
  return command.option('--yes', 'do not ask: it is meant')
}

type Ask = NonNullable<ReturnType<typeof worldOf>['ask']>

async function askWith(ask: Ask, what: string): Promise<void> {
  const answer = await ask(`${what}? This cannot be undone. Type yes to do it: `)
  if (!/^y(es)?$/i.test(answer.trim())) throw new Declined('nothing was changed')
}

/** Asks whoever sits at the terminal, unless `--yes` has answered. A script means what it says. */
export async function confirm(command: Command, what: string): Promise<void> {
  const { ask } = worldOf(command)
  if (ask !== undefined && command.opts()['yes'] !== true) await askWith(ask, what)
}

/**
 * Asks before what concerns all accounts at once. Where nobody can be asked it is refused without
 * `--yes`: no script does this by the way.
 */
export async function confirmGrave(command: Command, what: string): Promise<void> {
  if (command.opts()['yes'] === true) return
  const { ask } = worldOf(command)
  if (ask !== undefined) return await askWith(ask, what)
  throw new UsageError(`${what}: cannot be undone, and nobody can be asked here; give --yes`)
}
