import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { isProblem } from '../domain/problem.ts'
import type { Store } from '../domain/store.ts'
import { openMongo } from './mongo/open.ts'
import { openMongoReadOnly } from './mongo/read-only.ts'
import { openSqlite } from './sqlite/open.ts'
import { openSqliteReadOnly } from './sqlite/read-only.ts'

export interface StorageSettings {
  /** `sqlite:<path>` or `mongodb://…` */
  readonly uri: string
  readonly timeoutSeconds: number
  readonly startTimeoutSeconds: number
}

const retryMs = 1000

export function isEmbedded(uri: string): boolean {
  return uri.startsWith('sqlite:')
}

function pathOf(uri: string): string {
  return resolve(uri.slice('sqlite:'.length))
}

async function openOnce({ uri, timeoutSeconds }: StorageSettings): Promise<Store> {
  if (isEmbedded(uri)) return await openSqlite(pathOf(uri))
  return await openMongo(uri, { timeoutMs: timeoutSeconds * 1000 })
}

/**
 * Opens the store that the configuration names. One that is away is waited for within the bound;
 * any other fault (a wrong schema, a file that is in use) is final at once.
 */
export async function openStore(
  settings: StorageSettings,
  onWait: (secondsLeft: number) => void,
): Promise<Store> {
  const deadline = performance.now() + settings.startTimeoutSeconds * 1000
  for (;;) {
    try {
      return await openOnce(settings)
    } catch (error) {
      const leftMs = deadline - performance.now()
      if (!isProblem(error, 'store.unavailable')) throw error
      if (leftMs <= 0) {
        const bound = `${settings.startTimeoutSeconds} s (storage.startTimeoutSeconds)`
        throw new Error(`storage.uri (OSTIARY_STORAGE_URI): no answer within ${bound}`, {
          cause: error,
        })
      }
      onWait(Math.ceil(leftMs / 1000))
      await wait(Math.min(retryMs, leftMs))
    }
  }
}

/** Opens the log alone, beside a running server, without writing anything. */
export async function openLogReadOnly(
  uri: string,
): Promise<Pick<Store, 'events' | 'head' | 'close'>> {
  return isEmbedded(uri) ? await openSqliteReadOnly(pathOf(uri)) : await openMongoReadOnly(uri)
}
