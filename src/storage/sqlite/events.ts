import type { EventFilter, EventQuery, Store } from '../../domain/store.ts'
import { assertMarked, eventText, marksOf } from '../stored-event.ts'
import type { Connection, Value } from './connection.ts'
import { eventAt, eventColumns } from './log.ts'
import type { Writer } from './writes.ts'

function headOf(db: Connection): number {
  return Number(db.get('SELECT max(seq) AS n FROM event')?.['n'] ?? 0)
}

/** Reads the log. */
export function eventReader(db: Connection): Pick<Store, 'events' | 'countEvents' | 'head'> {
  return {
    async events(query) {
      // Whoever follows the log asks at each call, and mostly there is nothing new.
      if (query.after !== undefined && query.after >= headOf(db)) return []
      const { from, where, values } = sourceOf(query)
      const order = `${from.seq} ${query.newestFirst ? 'DESC' : 'ASC'}`
      const rows = db.all(
        `SELECT ${eventColumns} FROM ${from.tables} WHERE ${where} ORDER BY ${order} LIMIT ? OFFSET ?`,
        ...[...values, query.limit, query.offset ?? 0],
      )
      const marks = marksOf(query)
      return rows.map((row) => assertMarked(eventAt(row), marks))
    },
    async countEvents(query, atMost) {
      const { from, where, values } = sourceOf(query)
      const counted = `SELECT 1 FROM ${from.tables} WHERE ${where} LIMIT ?`
      return Number(db.get(`SELECT count(*) AS n FROM (${counted})`, ...values, atMost)?.['n'])
    },
    head: async () => headOf(db),
  }
}

/** Appends to the log through the writer's thread. */
export function eventWriter(writer: Writer): Pick<Store, 'append' | 'settle'> {
  return {
    async append(event) {
      await writer.write({ do: 'append', event: eventText(event) })
    },
    // Record and event are one transaction here: a crash leaves nothing to finish.
    settle: async () => undefined,
  }
}

type Condition = readonly [text: string, value: Value | undefined]

/** A list as a text, which JSON functions take apart. */
function listed(values: readonly string[] | undefined): string | undefined {
  return values && JSON.stringify(values)
}

const hasMark = 'EXISTS (SELECT 1 FROM event_mark o WHERE o.mark = ? AND o.seq = e.seq)'
const inList = 'IN (SELECT value FROM json_each(?))'
const actorPlaces = "(SELECT value FROM json_each(e.body, '$.actor.of'))"

function conditionsOf(query: EventFilter, seq: string): readonly Condition[] {
  return [
    [`${seq} > ?`, query.after ?? 0],
    [`${seq} < ?`, query.before],
    ['e.at >= ?', query.from],
    ['e.at < ?', query.to],
    ['e.id = ?', query.id],
    ['e.actor_id = ?', query.actorId],
    ['e.target_id = ?', query.targetId],
    [`json_extract(e.body, '$.action') ${inList}`, listed(query.actions)],
    ["json_extract(e.body, '$.target.kind') = ?", query.targetKind],
    [`json_extract(e.body, '$.actor.kind') ${inList}`, listed(query.actorKinds)],
    [`? IN ${actorPlaces}`, query.actorOf],
    [`? NOT IN ${actorPlaces}`, query.actorNotOf],
  ]
}

/** From the first mark on, when there is one: its entries lie together, in the order of the log. */
function sourceOf(query: EventQuery | EventFilter) {
  const [first, ...others] = marksOf(query)
  const seq = first === undefined ? 'e.seq' : 'm.seq'
  const tables =
    first === undefined ? 'event e' : 'event_mark m CROSS JOIN event e ON e.seq = m.seq'
  const conditions: readonly Condition[] = [
    ['m.mark = ?', first],
    ...others.map((mark) => [hasMark, mark] as const),
    ...conditionsOf(query, seq),
  ]
  const given = conditions.flatMap(([text, value]) =>
    value === undefined ? [] : [{ text, value }],
  )
  return {
    from: { tables, seq },
    where: given.map(({ text }) => text).join(' AND '),
    values: given.map(({ value }) => value),
  }
}
