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

/** MongoDB's AuthenticationFailed: waiting does not help. */
const refusedCredentials = 18

/** The error to end with, when waiting for the store does not help, or not any more. */
function finalFault(error: unknown, leftMs: number, settings: StorageSettings): unknown {
  if (!isProblem(error, 'store.unavailable')) return error
  const { cause } = error
  const name = 'storage.uri (OSTIARY_STORAGE_URI)'
  if (
    typeof cause === 'object' &&
    cause !== null &&
    Reflect.get(cause, 'code') === refusedCredentials
  ) {
    return new Error(`${name}: the store refused the credentials`, { cause })
  }
  if (leftMs > 0) return undefined
  const bound = `${settings.startTimeoutSeconds} s (storage.startTimeoutSeconds)`
  return new Error(`${name}: no answer within ${bound}`, { cause })
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
      const fault = finalFault(error, leftMs, settings)
      if (fault !== undefined) throw fault
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
