import { chain } from '../../domain/audit/chain.ts'
import type { Event, NewEvent } from '../../domain/audit/event.ts'
import type { EventQuery, Store } from '../../domain/store.ts'
import { eventFrom, plainEvent, wholeMilliseconds } from '../stored-record.ts'
import type { Connection, Value } from './connection.ts'

export function eventReader(db: Connection): Pick<Store, 'events' | 'countEvents' | 'head'> {
  return {
    async events(query) {
      const [filter, values] = filterOf(query)
      const order = query.newestFirst ? 'DESC' : 'ASC'
      const rows = db.all(
        `SELECT body FROM event WHERE ${filter} ORDER BY seq ${order} LIMIT ? OFFSET ?`,
        ...[...values, query.limit, query.offset ?? 0],
      )
      return rows.map((row) => eventFrom(row['body']))
    },
    async countEvents(query) {
      const [filter, values] = filterOf(query)
      return Number(db.get(`SELECT count(*) AS n FROM event WHERE ${filter}`, ...values)?.['n'])
    },
    head: async () => lastEvent(db)?.seq ?? 0,
  }
}

export function eventWriter(db: Connection): Pick<Store, 'append' | 'settle'> {
  return {
    append: async (event) => db.write(() => logEvent(db, event)),
    // Record and event are one transaction here: a crash leaves nothing to finish.
    settle: async () => undefined,
  }
}

/** Chains the event at the end of the log, once; runs inside a transaction. */
export function logEvent(db: Connection, event: NewEvent): void {
  if (eventOf(db, event.id)) return
  const chained = chain(plainEvent(event), lastEvent(db))
  db.run(
    'INSERT INTO event (seq, id, at, actor_id, target_id, body) VALUES (?, ?, ?, ?, ?, ?)',
    ...[
      chained.seq,
      chained.id,
      wholeMilliseconds(chained.at),
      chained.actor.id,
      chained.target.id,
    ],
    JSON.stringify(chained),
  )
}

export function eventOf(db: Connection, id: string): Event | undefined {
  const row = db.get('SELECT body FROM event WHERE id = ?', id)
  return row && eventFrom(row['body'])
}

function lastEvent(db: Connection): Event | undefined {
  const row = db.get('SELECT body FROM event ORDER BY seq DESC LIMIT 1')
  return row && eventFrom(row['body'])
}

function filterOf(query: Omit<EventQuery, 'limit'>): [string, Value[]] {
  const conditions: [string, Value | undefined][] = [
    ['seq > ?', query.after ?? 0],
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
