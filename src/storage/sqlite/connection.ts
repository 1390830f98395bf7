import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { storeAway } from '../../domain/problem.ts'
import { isLostSync, problemOf } from './errors.ts'

/** A row by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>
/** A value that a statement takes. */
export type Value = SQLInputValue

/** One open database file. Statements are prepared once; driver errors leave as Problems. */
export interface Connection {
  /** Returns how many rows changed. Raw driver errors: for use inside `write` only. */
  run(sql: string, ...values: Value[]): number
  get(sql: string, ...values: Value[]): Row | undefined
  all(sql: string, ...values: Value[]): readonly Row[]
  /** Runs `work` in one transaction that is on the disk when this returns. */
  write<T>(work: () => T): T
  /** Runs `work` inside of `write`; when it throws, its own changes are undone, and no others. */
  attempt<T>(work: () => T): T
  /** From here on nothing can be written through this connection. */
  makeReadOnly(): void
  close(): void
}

/** Readers never wait in WAL mode; this covers a checkpoint or recovery by another process. */
const busyMilliseconds = 2000

/** Opens a database file. Fails with the driver's own error. */
export function connect(path: string | URL, readOnly = false): Connection {
  const db = new DatabaseSync(path, { readOnly, timeout: busyMilliseconds })
  const prepare = preparer(db)
  let isSyncLost = false

  function transact<T>(work: () => T): T {
    db.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      db.exec('COMMIT')
      return result
    } catch (error) {
      rollBack(db)
      throw error
    }
  }

  function write<T>(work: () => T): T {
    if (isSyncLost) throw storeAway(new Error('An fsync failed before: restart to recover'))
    try {
      return transact(work)
    } catch (error) {
      isSyncLost ||= isLostSync(error)
      throw error
    }
  }

  function attempt<T>(work: () => T): T {
    prepare('SAVEPOINT attempt').run()
    try {
      const result = work()
      prepare('RELEASE attempt').run()
      return result
    } catch (error) {
      // After severe errors SQLite has rolled back everything by itself.
      if (db.isTransaction) db.exec('ROLLBACK TO attempt; RELEASE attempt')
      throw error
    }
  }

  return {
    run: (sql, ...values) => Number(prepare(sql).run(...values).changes),
    get: (sql, ...values) => translated(() => prepare(sql).get(...values)),
    all: (sql, ...values) => translated(() => prepare(sql).all(...values)),
    write: (work) => translated(() => write(work)),
    attempt,
    makeReadOnly: () => db.exec('PRAGMA query_only = ON'),
    close: () => {
      if (db.isOpen) db.close()
    },
  }
}

function preparer(db: DatabaseSync): (sql: string) => StatementSync {
  const statements = new Map<string, StatementSync>()
  return (sql) => {
    const statement = statements.get(sql) ?? db.prepare(sql)
    statements.set(sql, statement)
    return statement
  }
}

function rollBack(db: DatabaseSync): void {
  try {
    if (db.isTransaction) db.exec('ROLLBACK')
  } catch {
    // SQLite rolls back by itself after severe errors; the first error is the one that tells.
  }
}

function translated<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw problemOf(error)
  }
}
