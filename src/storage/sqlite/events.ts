import type { EventFilter, Store } from '../../domain/store.ts'
import type { Connection, Value } from './connection.ts'
import { eventAt, eventColumns } from './log.ts'
import type { Writer } from './writes.ts'

/** Reads the log. */
export function eventReader(db: Connection): Pick<Store, 'events' | 'countEvents' | 'head'> {
  return {
    async events(query) {
      const [filter, values] = filterOf(query)
      const order = query.newestFirst ? 'DESC' : 'ASC'
      const rows = db.all(
        `SELECT ${eventColumns} FROM event WHERE ${filter} ORDER BY seq ${order} LIMIT ? OFFSET ?`,
        ...[...values, query.limit, query.offset ?? 0],
      )
      return rows.map(eventAt)
    },
    async countEvents(query, atMost) {
      const [filter, values] = filterOf(query)
      const counted = `SELECT 1 FROM event WHERE ${filter} LIMIT ?`
      return Number(db.get(`SELECT count(*) AS n FROM (${counted})`, ...values, atMost)?.['n'])
    },
    head: async () => Number(db.get('SELECT max(seq) AS n FROM event')?.['n'] ?? 0),
  }
}

/** Appends to the log through the writer's thread. */
export function eventWriter(writer: Writer): Pick<Store, 'append' | 'settle'> {
  return {
    async append(event) {
      await writer.write({ do: 'append', event: JSON.stringify(event) })
    },
    // Record and event are one transaction here: a crash leaves nothing to finish.
    settle: async () => undefined,
  }
}

function filterOf(query: EventFilter): [string, Value[]] {
  const conditions: [string, Value | undefined][] = [
    ['seq > ?', query.after ?? 0],
    ['seq < ?', query.before],
    ['at >= ?', query.from],
    ['at < ?', query.to],
    ['actor_id = ?', query.actorId],
    ['target_id = ?', query.targetId],
  ]
  const given = conditions.flatMap(([text, value]) =>
    value === undefined ? [] : [{ text, value }],
  )
  return [given.map(({ text }) => text).join(' AND '), given.map(({ value }) => value)]
}
