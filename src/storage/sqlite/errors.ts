import { isProblem, Problem, storeAway } from '../../domain/problem.ts'
import { codeOf } from '../../files/reason.ts'

/** Primary result codes of a fault in one statement or value; all others are the file's or the disk's. */
const ownFaults: readonly number[] = [
  18, // TOOBIG
  19, // CONSTRAINT
  20, // MISMATCH
  25, // RANGE
]

/** Result codes, https://www.sqlite.org/rescode.html. */
const codes = {
  busy: 5,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notDatabase: 26,
  ioWrite: 778,
  ioFsync: 1034,
  ioDirFsync: 1290,
  ioShmSize: 4874,
  uniqueKey: 2067,
  primaryKey: 1555,
} as const

function resultCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode : undefined
}

function isOneOf(error: unknown, ...wanted: readonly number[]): boolean {
  const code = resultCode(error)
  return code !== undefined && wanted.includes(code)
}

/** An error of the operating system, as Node names them. */
export function isSystemError(error: unknown): boolean {
  return /^E[A-Z]+$/.test(String(codeOf(error)))
}

/** Whether there is no file of that name that could be opened as one. */
export function isUnopenable(error: unknown): boolean {
  return isOneOf(error, codes.cannotOpen)
}

/** Whether another process holds the file. */
export function isBusy(error: unknown): boolean {
  return isOneOf(error, codes.busy)
}

/** Whether a unique value is there already. */
export function isDuplicate(error: unknown): boolean {
  return isOneOf(error, codes.uniqueKey, codes.primaryKey)
}

/** Whether the file is not (or no longer) a database; the low byte is the primary result code. */
export function isDamage(error: unknown): boolean {
  const code = resultCode(error)
  return code !== undefined && [codes.corrupt, codes.notDatabase].some((bad) => bad === code % 256)
}

/** After a failed fsync the system may have dropped the pages: what is on the disk is unknown. */
export function isLostSync(error: unknown): boolean {
  return isOneOf(error, codes.ioFsync, codes.ioDirFsync)
}

function isFull(error: unknown): boolean {
  return isOneOf(error, codes.full, codes.ioWrite, codes.ioShmSize)
}

/** The Problem for what SQLite threw; errors of our own pass unchanged. */
export function problemOf(error: unknown): unknown {
  if (isFull(error)) {
    return new Problem('store.full', { retryAfterSeconds: 30 }, error)
  }
  return isDriverError(error) ? storeAway(error) : error
}

function isDriverError(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'ERR_SQLITE_ERROR' || code === 'ERR_INVALID_STATE'
}

/** Whether an error in one write of a transaction leaves no hope for the others. */
export function spoilsAll(error: unknown): boolean {
  if (isProblem(error, 'store.unavailable', 'store.full')) return true
  return isDriverError(error) && !ownFaults.includes((resultCode(error) ?? 0) % 256)
}
