import { ConfigurationError, loadSettings } from './config/load.ts'
import { announceFirst } from './server/first-start/announce.ts'
import { type StartedServer, startServer } from './server/start.ts'
import { faultFields, openLogger } from './telemetry/logger.ts'
import { surviveLostOutputs } from './telemetry/output.ts'
import { redact } from './telemetry/redaction.ts'

/** Refusals to start are one plain text on standard error: what, where, and what to do. */
function refuseToStart(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`ostiary: cannot start: ${redact(message)}\n`)
  process.exit(1)
}

function readSettings() {
  try {
    return loadSettings()
  } catch (error) {
    if (error instanceof ConfigurationError) return refuseToStart(error)
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
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.on(signal, () => {
      stop(signal).catch((error) => {
        log.error('did not stop in order', faultFields(error))
        process.exit(1)
      })
    })
  }
  try {
    running = await startServer({ settings, log, now: Date.now })
  } catch (error) {
    return refuseToStart(error)
  }
  if (running.first) announceFirst(running.first, log)
  log.info('ready', { issuer: running.issuer, port: running.port })
}

await main()
