import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { isProblem, storeAway } from '../domain/problem.ts'
import type { Store } from '../domain/store.ts'
import { textOf } from '../files/reason.ts'
import { credentialsAdvice, otherReplicaSet } from './mongo/uri.ts'
import { openSqlite } from './sqlite/open.ts'
import { openSqliteReadOnly } from './sqlite/read-only.ts'

/** Which store is opened, and how long it is waited for. */
export interface StorageSettings {
  /** `sqlite:<path>` or `mongodb://…` */
  readonly uri: string
  readonly timeoutSeconds: number
  readonly startTimeoutSeconds: number
}

const retryMs = 1000

/** Whether a URI names a store in a file of our own. */
export function isEmbedded(uri: string): boolean {
  return uri.startsWith('sqlite:')
}

/** The file of an embedded store, as its URI names it. */
export function embeddedPath(uri: string): string {
  return resolve(uri.slice('sqlite:'.length))
}

async function openOnce({ uri, timeoutSeconds }: StorageSettings): Promise<Store> {
  if (isEmbedded(uri)) return await openSqlite(embeddedPath(uri))
  // Asked for here: the driver costs a server on the embedded store a tenth of its start.
  const { openMongo } = await import('./mongo/open.ts')
  return await openMongo(uri, { timeoutMs: timeoutSeconds * 1000 })
}

/** One attempt, given up after `ms`: what comes of it then is nobody's any more. */
async function openWithin(settings: StorageSettings, ms: number): Promise<Store> {
  const silence = wait(ms, undefined, { ref: false }).then(() => {
    throw storeAway(new Error('no answer'))
  })
  return await Promise.race([openOnce(settings), silence])
}

/** What is behind a Problem of the store: its cause says more than its own words. */
function reasonOf(error: unknown): string {
  return textOf(error instanceof Error ? (error.cause ?? error) : error)
}

/** Unauthorized, AuthenticationFailed, and what Atlas says. */
const refusedCredentials: readonly unknown[] = [13, 18, 8000]

/** What no waiting helps against, in words; undefined for all else. */
function standingFault(cause: unknown, uri: string): string | undefined {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : ''
  if (refusedCredentials.includes(code)) {
    return `the store refused the credentials${credentialsAdvice(uri)}`
  }
  if (code !== otherReplicaSet) return undefined
  return 'no host belongs to the replica set that replicaSet names; correct the name, or leave it out'
}

/** The error to end with, when waiting for the store does not help, or not any more. */
function finalFault(error: unknown, leftMs: number, settings: StorageSettings): unknown {
  if (!isProblem(error, 'store.unavailable')) return error
  const { cause } = error
  const name = 'storage.uri (OSTIARY_STORAGE_URI)'
  const standing = standingFault(cause, settings.uri)
  if (standing !== undefined) return new Error(`${name}: ${standing}`, { cause })
  if (leftMs > 0) return undefined
  const bound = `${settings.startTimeoutSeconds} s (storage.startTimeoutSeconds)`
  return new Error(`${name}: no answer within ${bound}: ${reasonOf(error)}`, { cause })
}

/**
 * Opens the store that the configuration names. One that is away is waited for within the bound;
 * any other fault (a wrong schema, a file that is in use) is final at once.
 */
export async function openStore(
  settings: StorageSettings,
  onWait: (secondsLeft: number, reason: string) => void,
): Promise<Store> {
  const deadline = performance.now() + settings.startTimeoutSeconds * 1000
  // Even without any wait the first attempt has the time that an answer may take.
  let attemptMs = settings.timeoutSeconds * 2000
  for (;;) {
    try {
      return await openWithin(settings, attemptMs)
    } catch (error) {
      const leftMs = deadline - performance.now()
      const fault = finalFault(error, leftMs, settings)
      if (fault !== undefined) throw fault
      onWait(Math.ceil(leftMs / 1000), reasonOf(error))
      await wait(Math.min(retryMs, leftMs))
      attemptMs = Math.max(0, deadline - performance.now())
    }
  }
}

/** Opens the log alone, beside a running server, without writing anything. */
export async function openLogReadOnly(
  uri: string,
): Promise<Pick<Store, 'events' | 'head' | 'close'>> {
  if (isEmbedded(uri)) return await openSqliteReadOnly(embeddedPath(uri))
  const { openMongoReadOnly } = await import('./mongo/read-only.ts')
  return await openMongoReadOnly(uri)
}
