import { chain } from '../../domain/audit/chain.ts'
import type { Event, NewEvent } from '../../domain/audit/event.ts'
import { damaged } from '../faults.ts'
import { eventFrom, eventIndex, eventMarks } from '../stored-event.ts'
import { membersOf } from '../stored-json.ts'
import type { Connection, Row } from './connection.ts'

/** All that is stored of an entry. */
export const eventColumns = 'e.seq, e.id, e.at, e.actor_id, e.target_id, e.body'

/** Reads a row of these columns. Fails with `store.damaged`. */
export function eventAt({ seq, id, at, actor_id: actorId, target_id: targetId, body }: Row): Event {
  return eventFrom(body, { seq, id, at, actorId, targetId })
}

type End = Pick<Event, 'seq' | 'hash'> | undefined

/** The end of the log. Its writer is the only one, so it knows the last entry without reading it. */
export interface Log {
  /** Chains the event at the end, once; 0 when it is there already. Runs inside a transaction. */
  append(event: NewEvent): number
  find(id: string): Event | undefined
  /** Runs `work`, and takes back what it appended when it throws. */
  orAsBefore<T>(work: () => T): T
}

/** The end of the log, as the writer's thread knows it. */
export function logOn(db: Connection): Log {
  let end: { readonly last: End } | undefined

  function append(event: NewEvent): number {
    if (db.get('SELECT 1 FROM event WHERE id = ?', event.id)) return 0
    end ??= { last: lastEvent(db) }
    const chained = chain(event, end.last)
    insert(db, chained)
    end = { last: { seq: chained.seq, hash: chained.hash } }
    return 1
  }

  return {
    append,
    find(id) {
      const row = db.get(`SELECT ${eventColumns} FROM event e WHERE e.id = ?`, id)
      return row && eventAt(row)
    },
    orAsBefore(work) {
      const before = end
      try {
        return work()
      } catch (error) {
        end = before
        throw error
      }
    },
  }
}

function insert(db: Connection, event: Event): void {
  const { seq, id, at, actorId, targetId } = eventIndex(event)
  db.run(
    'INSERT INTO event (seq, id, at, actor_id, target_id, body) VALUES (?, ?, ?, ?, ?, ?)',
    ...[seq, id, at, actorId, targetId, JSON.stringify(event)],
  )
  for (const mark of eventMarks(event)) {
    db.run('INSERT INTO event_mark (mark, seq) VALUES (?, ?)', mark, seq)
  }
}

/** What the next entry needs to know of the last one; whether that is whole, its readers tell. */
function lastEvent(db: Connection): End {
  const row = db.get('SELECT seq, body FROM event ORDER BY seq DESC LIMIT 1')
  if (!row) return undefined
  const { seq, hash } = membersOf(row['body'])
  if (typeof seq === 'number' && seq === row['seq'] && typeof hash === 'string')
    return { seq, hash }
  throw damaged('entry of the audit log')
}
