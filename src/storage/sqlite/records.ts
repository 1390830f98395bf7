import type { Kind, Records } from '../../domain/records.ts'
import { fingerprint } from '../../domain/secret.ts'
import type { ListQuery, Store } from '../../domain/store.ts'
import { eventText } from '../stored-event.ts'
import { decode, encode } from '../stored-record.ts'
import type { Connection, Value } from './connection.ts'
import type { Writer } from './writes.ts'

/** Reads records by id, by unique key and by scope. */
export function recordReader(
  db: Connection,
): Pick<Store, 'get' | 'getMany' | 'scan' | 'find' | 'list' | 'count'> {
  return {
    async get(kind, id) {
      const row = db.get('SELECT body FROM record WHERE kind = ? AND id = ?', kind, id)
      return row && decode(kind, row['body'])
    },
    async getMany(kind, ids) {
      const rows = db.all(
        'SELECT body FROM record WHERE kind = ? AND id IN (SELECT value FROM json_each(?))',
        ...[kind, JSON.stringify(ids)],
      )
      return rows.map(({ body }) => decode(kind, body))
    },
    async scan(kind, { after, limit }) {
      const sql = 'SELECT body FROM record WHERE kind = ? AND id > ? ORDER BY id LIMIT ?'
      return db.all(sql, kind, after, limit).map(({ body }) => decode(kind, body))
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
  }
}

/** Reads and writes records. */
export function recordStore(
  db: Connection,
  writer: Writer,
): ReturnType<typeof recordReader> & Pick<Store, 'commit'> {
  return {
    ...recordReader(db),
    async commit(kind, record, event) {
      const written = { kind, record: encode(kind, record), event: eventText(event) }
      await writer.write({ do: 'commit', ...written })
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
