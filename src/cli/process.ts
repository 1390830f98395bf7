import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { isatty } from 'node:tty'
import { surviveLostOutputs } from '../telemetry/output.ts'
import { Declined } from './failure.ts'
import type { Ask, World } from './world.ts'

const nowhere = () =>
  new Writable({
    write(_chunk, _encoding, done) {
      done()
    },
  })

/** Asks on standard error, so that a question is never part of an answer that is piped on. */
const askPerson: Ask = async (question, { isHidden } = { isHidden: false }) => {
  const { stdin: input, stderr } = process
  const output = isHidden ? nowhere() : stderr
  if (isHidden) stderr.write(question)
  const lines = createInterface({ input, output, terminal: true })
  const leaving = new AbortController()
  const { signal } = leaving
  // Ctrl-C and Ctrl-D are an answer too: whoever leaves has not said yes.
  lines.once('SIGINT', () => leaving.abort()).once('close', () => leaving.abort())
  try {
    return await lines.question(isHidden ? '' : question, { signal })
  } catch {
    throw new Declined('nothing was changed')
  } finally {
    if (isHidden || signal.aborted) stderr.write('\n')
    lines.close()
  }
}

/**
 * Comes with the first signal of the system that asks to end; the next one ends the process. Whoever
 * waits for it prints a log, and goes on without a reader of it.
 */
function stopping(): AbortSignal {
  surviveLostOutputs()
  const stop = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.once(name, () => stop.abort())
  return stop.signal
}

/** The world of a command line that is a process of its own. */
export function processWorld(): World {
  const { env, stdout, stderr } = process
  // Not `process.stdin`: Node makes a pipe that it is asked about fail instead of waiting for what comes later.
  const isAttended = isatty(0) && stderr.isTTY
  return {
    env,
    stdout,
    stderr,
    pipe: stdout.isTTY ? undefined : stdout,
    columns: stdout.isTTY ? stdout.columns : undefined,
    ask: isAttended ? askPerson : undefined,
    stopping,
  }
}
