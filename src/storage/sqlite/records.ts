import { fingerprint } from '../../domain/secret.ts'
import type { Kind, ListQuery, Records, Store } from '../../domain/store.ts'
import { conflict, isSameEvent, type Kept, keep, recordFrom, taken } from '../kept.ts'
import type { Connection, Value } from './connection.ts'
import { isDuplicate } from './errors.ts'
import { eventOf, logEvent } from './events.ts'

export function recordStore(
  db: Connection,
): Pick<Store, 'get' | 'find' | 'list' | 'count' | 'commit'> {
  return {
    async get(kind, id) {
      const row = db.get('SELECT body FROM record WHERE kind = ? AND id = ?', kind, id)
      return row && recordFrom(kind, row['body'])
    },
    async find(kind, key, value) {
      const row = db.get(
        `SELECT body FROM record_key k JOIN record r ON r.kind = k.kind AND r.id = k.id
         WHERE k.kind = ? AND k.name = ? AND k.value = ?`,
        ...[kind, key, fingerprint(value)],
      )
      return row && recordFrom(kind, row['body'])
    },
    list: async (kind, query) => list(db, kind, query),
    async count(kind, within) {
      const [scope, values] = liveScope(kind, within)
      return Number(db.get(`SELECT count(*) AS n FROM record WHERE ${scope}`, ...values)?.['n'])
    },
    async commit(kind, record, event) {
      const kept = keep(kind, record)
      db.write(() => {
        if (writeRecord(db, kind, kept)) logEvent(db, event)
        else if (!isThere(db, kind, kept) || !isLogged(db, event)) throw conflict()
      })
    },
  }
}

function liveScope(kind: Kind, within: string | undefined): [string, Value[]] {
  if (within === undefined) return ['kind = ? AND live = 1', [kind]]
  return ['kind = ? AND live = 1 AND within = ?', [kind, within]]
}

function list<K extends Kind>(db: Connection, kind: K, query: ListQuery): readonly Records[K][] {
  const { within, after = '', offset = 0, limit } = query
  const [scope, values] = liveScope(kind, within)
  const rows = db.all(
    `SELECT body FROM record WHERE ${scope} AND id > ? ORDER BY id LIMIT ? OFFSET ?`,
    ...[...values, after, limit, offset],
  )
  return rows.map((row) => recordFrom(kind, row['body']))
}

/** Writes record and keys; false when another version is there. */
function writeRecord(db: Connection, kind: Kind, kept: Kept): boolean {
  const isWritten = kept.version === 1 ? insert(db, kind, kept) : replace(db, kind, kept)
  if (!isWritten) return false
  db.run('DELETE FROM record_key WHERE kind = ? AND id = ?', kind, kept.id)
  for (const [name, value] of Object.entries(kept.keys)) {
    const sql = 'INSERT INTO record_key (kind, name, value, id) VALUES (?, ?, ?, ?)'
    if (!isNew(() => db.run(sql, kind, name, value, kept.id))) throw taken(name)
  }
  return true
}

function insert(db: Connection, kind: Kind, kept: Kept): boolean {
  const { id, version, live, within, purgeAfter = null, body } = kept
  const sql = `INSERT INTO record (kind, id, version, live, within, purge_after, body)
    VALUES (?, ?, ?, ?, ?, ?, ?)`
  return isNew(() => db.run(sql, kind, id, version, Number(live), within, purgeAfter, body))
}

function replace(db: Connection, kind: Kind, kept: Kept): boolean {
  const { id, version, live, within, purgeAfter = null, body } = kept
  const changed = db.run(
    `UPDATE record SET version = ?, live = ?, within = ?, purge_after = ?, body = ?
     WHERE kind = ? AND id = ? AND version = ?`,
    ...[version, Number(live), within, purgeAfter, body, kind, id, version - 1],
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
function isThere(db: Connection, kind: Kind, { id, version, body }: Kept): boolean {
  const row = db.get('SELECT version, body FROM record WHERE kind = ? AND id = ?', kind, id)
  if (!row) return false
  return row['version'] === version ? row['body'] === body : Number(row['version']) > version
}

function isLogged(db: Connection, event: Parameters<typeof logEvent>[1]): boolean {
  const logged = eventOf(db, event.id)
  return logged !== undefined && isSameEvent(logged, event)
}
