import { existsSync } from 'node:fs'
import type { Settings } from '../config/schema.ts'
import { Directory } from '../directory/directory.ts'
import { knownStore } from '../directory/known-store.ts'
import type { Context } from '../domain/context.ts'
import { embeddedPath, isEmbedded } from '../storage/open.ts'
import type { Logger } from '../telemetry/logger.ts'
import { storeName } from './installation/in-place.ts'
import { isUnused } from './installation/unused.ts'
import { loadPeppers } from './peppers.ts'
import { settledIssuers } from './person-issuers.ts'
import { limitsOf, openSettled, projectRulesOf } from './services.ts'

/** The store of the settings, opened to write by a command that is no server. */
export interface Local {
  readonly ctx: Context
  readonly close: () => Promise<void>
}

function emptyStore(settings: Settings): Error {
  return new Error(
    `${storeName(settings)} is empty or not there: run this with the settings of the server (OSTIARY_CONFIG, OSTIARY_DATA_DIR, OSTIARY_STORAGE_URI), in its folder`,
  )
}

/** A command makes no store: it was meant for one that is there. */
function assertThere(settings: Settings): void {
  const { uri } = settings.storage
  if (isEmbedded(uri) && !existsSync(embeddedPath(uri))) throw emptyStore(settings)
}

/**
 * Opens the store as a server would, for whoever can: the embedded one only while no server uses it.
 * `name` is how the log names who did it.
 */
export async function openLocally(
  { settings, log }: { readonly settings: Settings; readonly log: Logger },
  name: string,
): Promise<Local> {
  assertThere(settings)
  const opened = await openSettled({ settings, log, now: Date.now })
  try {
    if (await isUnused(opened)) throw emptyStore(settings)
    const peppers = await loadPeppers(settings, opened)
    const directory = await Directory.load(opened, Date.now)
    const ctx: Context = {
      store: knownStore(opened, directory),
      known: directory,
      actor: { kind: 'system', name },
      requestId: name,
      peppers,
      limits: limitsOf(settings),
      people: settledIssuers(settings, settings.issuer),
      projects: projectRulesOf(settings),
      now: Date.now,
    }
    return { ctx, close: () => opened.close() }
  } catch (error) {
    await opened.close()
    throw error
  }
}
