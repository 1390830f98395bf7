import { Writable } from 'node:stream'
import type { Command } from 'commander'
import type { Settings } from '../config/schema.ts'
import type { Logger } from '../telemetry/logger.ts'
import { worldOf } from './world.ts'

/** What a verb on the machine of the server needs of it: its settings, and where warnings go. */
export interface LocalWorld {
  readonly settings: Settings
  readonly log: Logger
}

/** The settings of the server itself; what reads them is asked for here: it costs every other verb a third of its time. */
export async function settingsOf(command: Command): Promise<Settings> {
  const { loadSettings } = await import('../config/load.ts')
  return loadSettings(worldOf(command).env).settings
}

/** The settings of the server; what is logged goes to standard error, as text. */
export async function localWorld(command: Command): Promise<LocalWorld> {
  const { stderr } = worldOf(command)
  // Asked for here: the drivers and the logger cost every other verb a third of a second.
  const { openLogger } = await import('../telemetry/logger.ts')
  const stream = new Writable({
    write(chunk, _encoding, done) {
      stderr.write(String(chunk))
      done()
    },
  })
  const settings = await settingsOf(command)
  return { settings, log: openLogger({ level: 'warn', format: 'text', stream }) }
}
