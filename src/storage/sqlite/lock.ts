import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { codeOf } from '../../files/reason.ts'
import { isBusy, problemOf } from './errors.ts'

/**
 * Makes the file if it is not there, readable by its owner alone, and fails when it cannot be
 * written. It never opens a file that is there: closing it again would drop this process's POSIX
 * locks on it.
 */
export function createPrivateFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
  assertWritable(path)
  assertWritable(dirname(path))
}

/** SQLite opens what it cannot write as well, and would say so at the first change only. */
export function assertWritable(path: string): void {
  if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK)
}

/**
 * Holds `<path>.lock` for this process; returns what lets go. The lock is the operating system's,
 * so it is gone with the process, however that ends, and no reader of the database needs it.
 */
export function lockFor(path: string): () => void {
  const lockPath = `${path}.lock`
  createPrivateFile(lockPath)
  const holder = new DatabaseSync(lockPath, { timeout: 0 })
  try {
    holder.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    holder.close()
    if (!isBusy(cause)) throw problemOf(cause)
    const advice = 'Stop it first, or give this one another file or MongoDB'
    throw new Error(`Another process uses the database ${path}. ${advice}`, { cause })
  }
  return () => {
    if (holder.isOpen) holder.close()
  }
}
