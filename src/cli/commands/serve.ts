import type { Command } from 'commander'

/** Adds the verb that starts the server. */
export function serveCommand(program: Command): void {
  program
    .command('serve')
    .description('start the server; settings come from OSTIARY_CONFIG and the environment')
    .action(async () => {
      await import('../../main.ts')
    })
}
