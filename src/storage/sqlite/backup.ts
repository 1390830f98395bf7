import { chmodSync, existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isProblem } from '../../domain/problem.ts'
import type { Store } from '../../domain/store.ts'
import { copyDurably, syncFile, syncFolder } from '../../files/durable.ts'
import { codeOf, textOf } from '../../files/reason.ts'
import { connect } from './connection.ts'
import { eventReader } from './events.ts'
import { lockFor } from './lock.ts'
import { connectReadOnly } from './read-only.ts'
import { recordReader } from './records.ts'

/** What can be read of a store that is not open for writing. */
export type ReadOnlyStore = Pick<Store, 'get' | 'scan' | 'events' | 'head' | 'close'>

/** Opens a database file to read it: no lock, no migration, no write; beside a running server too. */
export async function openSqliteReader(path: string): Promise<ReadOnlyStore> {
  const db = connectReadOnly(path)
  const { get, scan } = recordReader(db)
  const { events, head } = eventReader(db)
  return { get, scan, events, head, close: async () => db.close() }
}

/**
 * Writes one moment of a database into a new file, through a second, read-only connection: beside a
 * running server, which is not held up, and with what is still in the WAL.
 */
export async function copySqlite(path: string, target: string): Promise<void> {
  const db = connectReadOnly(path)
  try {
    db.get('VACUUM INTO ?', target)
  } catch (error) {
    // There is no room where it goes to, which need not be where the store is.
    if (!isProblem(error, 'store.full')) throw error
    throw new Error(`${target} cannot be written: ${textOf(error.cause)}`, { cause: error })
  } finally {
    db.close()
  }
  chmodSync(target, 0o600)
  await syncFile(target)
}

/** Renames what is there; a part of a database that is not there needs no name. */
async function moveAside(file: string, to: string): Promise<void> {
  try {
    await rename(file, to)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

/** So that a kill between two renames leaves no newest part of the database behind, alone. */
function bringTogether(path: string): void {
  if (!existsSync(path)) return
  try {
    const db = connect(path)
    try {
      db.get('PRAGMA wal_checkpoint(TRUNCATE)')
    } finally {
      db.close()
    }
  } catch {
    // A damaged file is why many a backup is put back: it is kept as it is.
  }
}

/** What comes in the place of a database. */
interface Replacement {
  readonly source: string
  /** What the name of the former one gets at its end. */
  readonly suffix: string
  /** Called when no server uses the path and the new file is whole: only renames are left. */
  readonly prepare: () => Promise<void>
}

/**
 * Puts another database file in the place of one that no server uses. What was there is kept beside
 * it, under the name that this answers; undefined when there was nothing.
 */
export async function replaceSqlite(
  path: string,
  { source, suffix, prepare }: Replacement,
): Promise<string | undefined> {
  const unlock = lockFor(path)
  const dir = dirname(path)
  const temporary = join(dir, `.${basename(path)}.restored`)
  try {
    await rm(temporary, { force: true })
    await copyDurably(source, temporary)
    await prepare()
    bringTogether(path)
    const aside = existsSync(path) ? `${path}.${suffix}` : undefined
    for (const end of ['', '-wal', '-shm']) {
      await moveAside(`${path}${end}`, `${path}.${suffix}${end}`)
    }
    await rename(temporary, path)
    await syncFolder(dir)
    return aside
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  } finally {
    unlock()
  }
}
