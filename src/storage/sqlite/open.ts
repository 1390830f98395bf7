import { realpathSync, statSync } from 'node:fs'
import type { Store } from '../../domain/store.ts'
import { assertFile } from '../../files/open-file.ts'
import { textOf } from '../../files/reason.ts'
import { assertNobodyElseWrites, assertNotForeign } from './before.ts'
import { type Connection, connect } from './connection.ts'
import { refusingDamage } from './damage.ts'
import { isSystemError, isUnopenable } from './errors.ts'
import { eventReader, eventWriter } from './events.ts'
import { assertWritable, createPrivateFile, lockFor } from './lock.ts'
import { migrate } from './migrations.ts'
import { recordStore } from './records.ts'
import { reservationStore } from './reservations.ts'
import { sweeper } from './sweep.ts'
import { useStore } from './uses.ts'
import { startWriter } from './writer.ts'
import type { Writer } from './writes.ts'

/** Files up to this size are checked page by page at each start: about a tenth of a second. */
const checkedBytes = 64 * 1024 * 1024

/**
 * Opens the store in one SQLite file and makes it if it is not there. Fails with a plain Error
 * that names the file when it is in use, damaged, or of an unknown schema.
 */
export async function openSqlite(path: string): Promise<Store> {
  try {
    assertNotForeign(path)
    createPrivateFile(path)
    const file = realpathSync(path)
    assertFile(`The database ${path}`, statSync(file))
    assertNobodyElseWrites(file)
    for (const name of [`${file}-wal`, `${file}-shm`]) assertWritable(name)
    return openLocked(file)
  } catch (error) {
    if (!isSystemError(error) && !isUnopenable(error)) throw error
    const where =
      'data.dir (OSTIARY_DATA_DIR) or storage.uri (OSTIARY_STORAGE_URI) says where it is'
    const message = `The database ${path} cannot be opened: ${textOf(error)}; ${where}`
    throw new Error(message, { cause: error })
  }
}

function openLocked(file: string): Store {
  const unlock = lockFor(file)
  try {
    const db = refusingDamage(file, () => prepared(file))
    db.makeReadOnly()
    return storeOn(db, startWriter(file), unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

function prepared(file: string): Connection {
  const db = connect(file)
  try {
    db.get('PRAGMA journal_mode = WAL')
    db.get('PRAGMA synchronous = FULL')
    if (statSync(file).size <= checkedBytes) assertSound(db, file)
    migrate(db, file)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function assertSound(db: Connection, file: string): void {
  const found = db.get('PRAGMA quick_check(1)')?.['quick_check']
  if (found !== 'ok') {
    throw new Error(`The database ${file} is damaged (${found}); restore it from a backup`)
  }
}

function storeOn(db: Connection, writer: Writer, unlock: () => void): Store {
  return {
    ...recordStore(db, writer),
    ...eventReader(db),
    ...eventWriter(writer),
    ...reservationStore(db, writer),
    ...useStore(db, writer),
    ...sweeper(db, writer),
    clock: async () => undefined,
    probeWrites: () => writer.probe(),
    async close() {
      // The writer's connection is the last one: it brings the file and its WAL together.
      db.close()
      await writer.close()
      unlock()
    },
  }
}
