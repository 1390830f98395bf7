import { Command, Help } from 'commander'
import { isProblem } from '../domain/problem.ts'
import { packageVersion } from '../server/version.ts'
import { printableLines } from '../telemetry/printable.ts'
import { exitCodes, shownFailure, toldExitCode } from './failure.ts'
import { sharedHeading } from './remote.ts'
import { failureText } from './terminal.ts'
import { addVerbs } from './verbs.ts'
import { exitCodeOfRun, setIn, type World } from './world.ts'

export { processWorld } from './process.ts'

const epilogue = `
Exit codes: 0 done, 1 refused (or not valid, or broken), 2 could not run.

Verbs over the network ask as the profile that "ostiary login" keeps, or as
OSTIARY_URL, OSTIARY_CLIENT_ID, OSTIARY_CLIENT_SECRET and OSTIARY_CLIENT_KEY
say. "serve", "keys", "backup", "restore", "import", "accounts recover" and
"audit verify" read the settings of the server.`

/** What a verb takes itself goes before what most verbs take alike. */
const ownFirst: Help['groupItems'] = (unsorted, visible, groupOf) => {
  const groups = new Help().groupItems(unsorted, visible, groupOf)
  const shared = groups.get(sharedHeading)
  groups.delete(sharedHeading)
  return shared === undefined ? groups : groups.set(sharedHeading, shared)
}

async function programFor(args: readonly string[], world: World): Promise<Command> {
  const isForPrograms = asksForJson(args)
  const program = new Command('ostiary')
    .description('OAuth 2 client credentials for machines')
    .version(packageVersion())
    .option('--json', 'print JSON, for programs')
    .configureHelp({ showGlobalOptions: true, groupItems: ownFirst, minWidthToWrap: 20 })
    .showHelpAfterError('(add --help to see what it takes)')
    .addHelpText('after', epilogue)
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      // For programs the fault is told once, below, in the form of all others.
      writeErr: (text) => isForPrograms || world.stderr.write(text),
    })
    .exitOverride()
  setIn(world, program)
  await addVerbs(program, args)
  return program.helpCommand(true)
}

function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  return (end === -1 ? args : args.slice(0, end)).includes('--json')
}

/** The same world, in which nothing is printed that would not be seen as what it is. */
function seen(world: World): World {
  const through = (output: World['stdout']) => ({
    write: (text: string) => output.write(printableLines(text)),
  })
  return { ...world, stdout: through(world.stdout), stderr: through(world.stderr) }
}

/** What is told of an answer that its output did not take. */
export function unwritten(args: readonly string[], error: Error): string {
  const shown = shownFailure(new Error(`the answer could not be written: ${error.message}`))
  return failureText(shown, asksForJson(args))
}

/** The words for what a store refused are asked for here: no verb over the network needs them. */
async function saying(error: unknown): Promise<unknown> {
  if (!isProblem(error)) return error
  const { inWords } = await import('../server/problem-words.ts')
  return inWords(error)
}

/** Runs one command line in a world, such as a process; resolves with the exit code. */
export async function run(args: readonly string[], given: World): Promise<number> {
  const world = seen(given)
  const isForPrograms = asksForJson(args)
  try {
    const program = await programFor(args, world)
    await program.parseAsync([...args], { from: 'user' })
    return exitCodeOfRun(program)
  } catch (error) {
    const code = toldExitCode(error)
    const isTold = code !== undefined && (code === exitCodes.done || !isForPrograms)
    if (isTold) return code
    const shown = shownFailure(await saying(error))
    world.stderr.write(failureText(shown, isForPrograms))
    return shown.exitCode
  }
}
