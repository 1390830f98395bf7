import { ConfigurationError, loadSettings } from './config/load.ts'
import { announceFirst } from './server/first-start/announce.ts'
import type { StartedServer } from './server/start.ts'
import { faultFields, type LogForm, logLine, openLogger } from './telemetry/logger.ts'
import { surviveLostOutputs } from './telemetry/output.ts'
import { printableLines } from './telemetry/printable.ts'
import { redact } from './telemetry/redaction.ts'

/**
 * A refusal to start is told on standard error: what, where, and what to do. As one line in the form
 * of the log, or as plain text where a person reads it.
 */
function refuseToStart(error: unknown, form: LogForm): never {
  const reason = error instanceof Error ? error.message : String(error)
  const told = { level: 'error', message: 'cannot start', fields: { reason } }
  const plain = `ostiary: cannot start: ${printableLines(redact(reason))}\n`
  process.stderr.write(process.stderr.isTTY ? plain : logLine(form, told))
  process.exit(2)
}

function readSettings() {
  try {
    return loadSettings()
  } catch (error) {
    if (error instanceof ConfigurationError) return refuseToStart(error, error.logFormat)
    throw error
  }
}

async function main(): Promise<void> {
  surviveLostOutputs()
  const { settings, warnings } = readSettings()
  const log = openLogger(settings.log)
  for (const warning of warnings) log.warn(warning)
  let running: StartedServer | undefined
  let isStopping = false
  const stop = async (signal: string) => {
    if (isStopping) return
    isStopping = true
    log.info('stopping: finishing what came in', { signal })
    await running?.close()
    log.info('stopped')
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
    process.on(signal, () => {
      stop(signal).catch((error) => {
        log.error('did not stop in order', faultFields(error))
        process.exit(1)
      })
    })
  }
  // Only now: a setting that is refused is told without the server being loaded.
  const { startServer } = await import('./server/start.ts')
  const { inWords } = await import('./server/problem-words.ts')
  try {
    running = await startServer({ settings, log, now: Date.now })
  } catch (error) {
    return refuseToStart(inWords(error), settings.log.format)
  }
  if (running.first) announceFirst(running.first, log)
  log.info('ready', { issuer: running.issuer, port: running.port })
}

await main()
