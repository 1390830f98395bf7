import { Argument, type Command } from 'commander'
import { placesOf } from '../completion/grammar.ts'
import { completionScripts } from '../completion/scripts.ts'
import { print } from '../terminal.ts'

type Shell = keyof typeof completionScripts

/** Adds the verb that prints what a shell needs to complete all the others. */
export function completionCommand(program: Command): void {
  program
    .command('completion')
    .description('print the completions for a shell: eval "$(ostiary completion bash)"')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(completionScripts)))
    .action((shell: Shell, _flags: unknown, command: Command) => {
      const script = completionScripts[shell](placesOf(program))
      print(command, { json: { shell, script }, lines: [script.trimEnd()] })
    })
}
