import type { NewEvent } from '../../domain/audit/event.ts'
import type { Kind } from '../../domain/records.ts'
import { conflict, taken } from '../faults.ts'
import { isSameEvent, ownEvent } from '../stored-event.ts'
import type { StoredRecord } from '../stored-record.ts'
import type { Connection } from './connection.ts'
import { isDuplicate } from './errors.ts'
import type { Log } from './log.ts'
import type { Write } from './writes.ts'

type Commit = Extract<Write, { readonly do: 'commit' }>

/** Writes a record with its event, or finds that this very write was made before. */
export function commitRecord(db: Connection, log: Log, { kind, record, event }: Commit): number {
  const newEvent = ownEvent(event)
  if (writeRecord(db, kind, record)) return log.append(newEvent)
  if (isThere(db, kind, record) && isLogged(log, newEvent)) return 0
  throw conflict()
}

/** Writes record and keys; false when another version is there. */
function writeRecord(db: Connection, kind: Kind, stored: StoredRecord): boolean {
  const isWritten = stored.version === 1 ? insert(db, kind, stored) : replace(db, kind, stored)
  if (!isWritten) return false
  if (stored.version > 1)
    db.run('DELETE FROM record_key WHERE kind = ? AND id = ?', kind, stored.id)
  for (const [name, value] of Object.entries(stored.keys)) {
    const sql = 'INSERT INTO record_key (kind, name, value, id) VALUES (?, ?, ?, ?)'
    if (!isNew(() => db.run(sql, kind, name, value, stored.id))) throw taken(name)
  }
  return true
}

function insert(db: Connection, kind: Kind, stored: StoredRecord): boolean {
  const { id, version, live, scope, purgeAfter = null, body } = stored
  const sql = `INSERT INTO record (kind, id, version, live, within, purge_after, body)
    VALUES (?, ?, ?, ?, ?, ?, ?)`
  return isNew(() => db.run(sql, kind, id, version, Number(live), scope, purgeAfter, body))
}

function replace(db: Connection, kind: Kind, stored: StoredRecord): boolean {
  const { id, version, live, scope, purgeAfter = null, body } = stored
  const changed = db.run(
    `UPDATE record SET version = ?, live = ?, within = ?, purge_after = ?, body = ?
     WHERE kind = ? AND id = ? AND version = ?`,
    ...[version, Number(live), scope, purgeAfter, body, kind, id, version - 1],
  )
  return changed === 1
}

function isNew(insertion: () => unknown): boolean {
  try {
    insertion()
    return true
  } catch (error) {
    if (isDuplicate(error)) return false
    throw error
  }
}

/** Whether this very version was written, as far as later ones let us tell. */
function isThere(db: Connection, kind: Kind, { id, version, body }: StoredRecord): boolean {
  const row = db.get('SELECT version, body FROM record WHERE kind = ? AND id = ?', kind, id)
  if (!row) return false
  return row['version'] === version ? row['body'] === body : Number(row['version']) > version
}

function isLogged(log: Log, event: NewEvent): boolean {
  const logged = log.find(event.id)
  return logged !== undefined && isSameEvent(logged, event)
}
