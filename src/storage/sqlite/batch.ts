import { ownEvent } from '../stored-event.ts'
import { commitRecord } from './commit.ts'
import type { Connection } from './connection.ts'
import { spoilsAll } from './errors.ts'
import { type Fault, faultOf } from './fault.ts'
import { type Log, logOn } from './log.ts'
import { reserve } from './reservations.ts'
import { forgetReservations, purgeRecords } from './sweep.ts'
import { note, unnote } from './uses.ts'
import type { Write } from './writes.ts'

/** What became of one write of a batch. */
export type Outcome = { readonly count: number } | { readonly fault: Fault }

/** What the thread that writes answers: to a batch, and once it has let its file go. */
export type WriterAnswer = readonly Outcome[] | 'closed'

/**
 * Returns what runs writes in one transaction with one fsync, each in a savepoint of its own: one
 * that is refused spoils nobody, a disk that fails spoils them all.
 */
export function batchRunner(db: Connection): (writes: readonly Write[]) => readonly Outcome[] {
  const log = logOn(db)

  function attempt(write: Write): Outcome {
    try {
      return { count: log.orAsBefore(() => db.attempt(() => perform(db, log, write))) }
    } catch (error) {
      if (spoilsAll(error)) throw error
      return { fault: faultOf(error) }
    }
  }

  return (writes) => {
    try {
      return log.orAsBefore(() => db.write(() => writes.map(attempt)))
    } catch (error) {
      const fault = faultOf(error)
      return writes.map(() => ({ fault }))
    }
  }
}

function perform(db: Connection, log: Log, write: Write): number {
  switch (write.do) {
    case 'commit':
      return commitRecord(db, log, write)
    case 'append':
      return log.append(ownEvent(write.event))
    case 'reserve':
      return reserve(db, write)
    case 'note':
      return note(db, write.uses)
    case 'unnote':
      return unnote(db, write.ids)
    case 'forget':
      return forgetReservations(db, write.now)
    case 'purge':
      return purgeRecords(db, write.now)
    case 'touch':
      return db.run("UPDATE meta SET value = value WHERE name = 'schema'")
  }
}
