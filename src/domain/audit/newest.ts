import type { EventFilter, Store } from '../store.ts'
import type { Event } from './event.ts'

/** The newest entry of the log, or of those that are meant; undefined when there is none. */
export async function newestEvent(
  log: Pick<Store, 'events'>,
  filter: EventFilter = {},
): Promise<Event | undefined> {
  const [newest] = await log.events({ ...filter, newestFirst: true, limit: 1 })
  return newest
}
