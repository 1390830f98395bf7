import type { Command } from 'commander'
import { Declined, UsageError } from './failure.ts'
import { worldOf } from './world.ts'

/** Lets a verb that cannot be undone be told beforehand that it is meant. */
export function withYes(command: Command): Command {
  return command.option('--yes', 'do not ask: it is meant')
}

/**
 * Asks whoever sits at the terminal, unless `--yes` has answered. Where nobody can be asked it is
 * refused: a script says what it means.
 */
export async function confirm(command: Command, what: string): Promise<void> {
  if (command.opts()['yes'] === true) return
  const { ask } = worldOf(command)
  if (ask === undefined) {
    throw new UsageError(`${what}: cannot be undone, and nobody can be asked here; give --yes`)
  }
  const answer = await ask(`${what}? This cannot be undone. Type yes to do it: `)
  if (!/^y(es)?$/i.test(answer.trim())) throw new Declined('nothing was changed')
}
