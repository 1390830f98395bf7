import type { Kind, Records } from '../../domain/records.ts'
import { fingerprint } from '../../domain/secret.ts'
import type { ListQuery, Store } from '../../domain/store.ts'
import {
  conflict,
  decode,
  encode,
  isSameEvent,
  type StoredRecord,
  taken,
} from '../stored-record.ts'
import type { Connection, Value } from './connection.ts'
import { isDuplicate } from './errors.ts'
import { eventOf, logEvent } from './events.ts'

export function recordStore(
  db: Connection,
): Pick<Store, 'get' | 'find' | 'list' | 'count' | 'commit'> {
  return {
    async get(kind, id) {
      const row = db.get('SELECT body FROM record WHERE kind = ? AND id = ?', kind, id)
      return row && decode(kind, row['body'])
    },
    async find(kind, key, value) {
      const row = db.get(
        `SELECT body FROM record_key k JOIN record r ON r.kind = k.kind AND r.id = k.id
         WHERE k.kind = ? AND k.name = ? AND k.value = ?`,
        ...[kind, key, fingerprint(value)],
      )
      return row && decode(kind, row['body'])
    },
    list: async (kind, query) => list(db, kind, query),
    async count(kind, scope) {
      const [filter, values] = liveIn(kind, scope)
      return Number(db.get(`SELECT count(*) AS n FROM record WHERE ${filter}`, ...values)?.['n'])
    },
    async commit(kind, record, event) {
      const stored = encode(kind, record)
      db.write(() => {
        if (writeRecord(db, kind, stored)) logEvent(db, event)
        else if (!isThere(db, kind, stored) || !isLogged(db, event)) throw conflict()
      })
    },
  }
}

function liveIn(kind: Kind, scope: string | undefined): [string, Value[]] {
  if (scope === undefined) return ['kind = ? AND live = 1', [kind]]
  return ['kind = ? AND live = 1 AND within = ?', [kind, scope]]
}

function list<K extends Kind>(db: Connection, kind: K, query: ListQuery): readonly Records[K][] {
  const { scope, after = '', offset = 0, limit } = query
  const [filter, values] = liveIn(kind, scope)
  const rows = db.all(
    `SELECT body FROM record WHERE ${filter} AND id > ? ORDER BY id LIMIT ? OFFSET ?`,
    ...[...values, after, limit, offset],
  )
  return rows.map((row) => decode(kind, row['body']))
}

/** Writes record and keys; false when another version is there. */
function writeRecord(db: Connection, kind: Kind, stored: StoredRecord): boolean {
  const isWritten = stored.version === 1 ? insert(db, kind, stored) : replace(db, kind, stored)
  if (!isWritten) return false
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

function isLogged(db: Connection, event: Parameters<typeof logEvent>[1]): boolean {
  const logged = eventOf(db, event.id)
  return logged !== undefined && isSameEvent(logged, event)
}
