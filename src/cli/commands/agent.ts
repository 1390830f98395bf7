import { basename, dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { removeUnfinished, replaceFile } from '../../files/durable.ts'
import { reasonOf } from '../../files/reason.ts'
import type { AccessToken } from '../../sdk/index.ts'
import { type AgentEvent, keepToken } from '../agent/keeping.ts'
import { assertReplaceable } from '../export.ts'
import { shownFailure, UsageError } from '../failure.ts'
import { list } from '../given.ts'
import { loginOf } from '../login.ts'
import { resourceHelp, tokensOf, type Wanted, withLogin } from '../remote.ts'
import { type LogLine, print, printLine, shownTime } from '../terminal.ts'
import { worldOf } from '../world.ts'

interface Flags extends Wanted {
  readonly out: string
  readonly once?: boolean
}

/** Whose file it is. */
interface Target {
  readonly file: string
  readonly write: (token: AccessToken) => Promise<void>
}

async function targetOf(out: string): Promise<Target> {
  if (out === '-') throw new UsageError('--out: give a file; ostiary token prints one')
  const file = resolve(out)
  await assertReplaceable(file)
  return {
    file,
    write: async ({ value }) => {
      await replaceFile(dirname(file), basename(file), value).catch((error) => {
        throw new UsageError(`--out: ${file} cannot be written: ${reasonOf(error)}`)
      })
    },
  }
}

/** What is read anew for each token, so that a rotated secret is taken, must be there again. */
function assertReadable(command: Command): void {
  const { clientSecretFile, keyFile } = loginOf(command)
  if (![clientSecretFile, keyFile].includes('-')) return
  throw new UsageError(
    'agent reads the secret or key anew for each token: give a file in place of standard input',
  )
}

const iso = (ms: number) => shownTime(new Date(ms).toISOString())

const heldWords = (heldUntil: number | undefined) =>
  heldUntil === undefined
    ? 'no token is good now'
    : `the one in the file is good until ${iso(heldUntil)}`

/** What is told of each event, for a person and for a program; never a token. */
function report(event: AgentEvent, file: string): LogLine {
  if (event.event === 'written') {
    const [expiresAt, renewsAt] = [event.expiresAt, event.renewsAt].map(iso)
    const line = `wrote a token to ${file}: good until ${expiresAt}, renewed at ${renewsAt}`
    return { line, json: { event: event.event, file, expiresAt, renewsAt } }
  }
  const heldUntil = event.heldUntil === undefined ? undefined : iso(event.heldUntil)
  if (event.event === 'stopped') {
    const line = `stopped: ${heldWords(event.heldUntil)}`
    return { line, json: { event: event.event, file, heldUntil } }
  }
  const { code, message } = shownFailure(event.error)
  const retrySeconds = Math.ceil(event.retryMs / 1000)
  const next = `next try in ${retrySeconds} s`
  const line = `no new token: ${message}; ${heldWords(event.heldUntil)}; ${next}`
  return { line, json: { event: event.event, file, code, message, heldUntil, retrySeconds } }
}

const clock = {
  now: Date.now,
  monotonicNow: () => performance.now(),
  random: Math.random,
  sleep: async (ms: number, signal: AbortSignal) => {
    await sleep(ms, undefined, { signal }).catch(() => {})
  },
}

async function keep(
  { out, once = false, scope, audience, resource }: Flags,
  command: Command,
): Promise<void> {
  assertReadable(command)
  const { file, write } = await targetOf(out)
  const fetch = async (signal?: AbortSignal) =>
    await tokensOf(command, { scope, audience, resource })({ signal })
  if (once) {
    const token = await fetch()
    await write(token)
    const expiresAt = iso(token.expiresAt)
    const lines = [`wrote a token to ${file}: good until ${expiresAt}`]
    return print(command, { json: { event: 'written', file, expiresAt }, lines })
  }
  await removeUnfinished(dirname(file), basename(file))
  const signal = worldOf(command).stopping?.() ?? new AbortController().signal
  const tell = (event: AgentEvent) => printLine(command, report(event, file))
  await keepToken({ fetch, write, tell, signal, clock })
}

/** Adds the verb that keeps a token in a file. */
export function agentCommand(program: Command): void {
  withLogin(program.command('agent'))
    .description('keep a fresh access token in a file, for programs that read one; until SIGTERM')
    .requiredOption(
      '--out <file>',
      'where it is kept, for your eyes only; its folder must be there',
    )
    .option('--once', 'write one token, and end')
    .option('--scope <list>', 'permissions wanted, separated by commas; all that are held', list)
    .option('--audience <audience>', 'whom the token is for')
    .option('--resource <uri>', resourceHelp)
    .action(async (flags: Flags, command: Command) => await keep(flags, command))
}
