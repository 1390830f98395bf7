import type { Store } from '../store.ts'
import type { Event } from './event.ts'
import { newestEvent } from './newest.ts'

/** What a checkpoint says of the log: this entry, and so all before it, had this hash. */
export interface Checkpoint {
  /** The number of the entry. */
  readonly entry: number
  readonly hash: string
  /** Milliseconds, by the clock of who signed it. */
  readonly at: number
}

/** Signs a checkpoint: a compact JWS (RFC 7515 §7.1). */
export type Sign = (checkpoint: Checkpoint) => Promise<string>

/** Each entry of this number is a checkpoint, so that few entries are ever without one. */
const everyEntries = 100
/** The longest time for which a new entry stays without one. */
const longestMs = 3_600_000

const prefix = 'checkpoint:'
const system = { kind: 'system', id: 'checkpoint', name: 'checkpoint' } as const
/** No client id: by it the checkpoints are found among all entries. */
const target = { kind: 'audit_log', id: '(audit log)', name: '' } as const

type Log = Pick<Store, 'events' | 'append'>

/** How many checkpoints there are, by the newest of them. */
function numberOf(checkpoint: Event | undefined): number {
  return Number(checkpoint?.id.slice(prefix.length) ?? 0)
}

/** Whether so much or so long ago was written since the last checkpoint that another one is due. */
async function isDue(log: Log, now: number, places: Places): Promise<boolean> {
  const { newest, last } = places
  const count = newest.seq - (last?.seq ?? 0)
  if (count === 0) return false
  const [oldest] = last ? [last] : await log.events({ limit: 1 })
  return count >= everyEntries - 1 || now - (oldest?.at ?? now) >= longestMs
}

interface Places {
  readonly newest: Event
  readonly last: Event | undefined
}

/**
 * Signs the log as far as it goes, when that is due. Its id is the number of the checkpoint: of any
 * number of processes that make the same one, the log takes one.
 */
export async function makeCheckpoint(log: Log, now: number, sign: Sign): Promise<void> {
  const newest = await newestEvent(log)
  if (!newest) return
  const last = await newestEvent(log, { targetId: target.id })
  if (!(await isDue(log, now, { newest, last }))) return
  const jws = await sign({ entry: newest.seq, hash: newest.hash, at: now })
  await log.append({
    id: `${prefix}${numberOf(last) + 1}`,
    at: now,
    action: 'log.checkpoint',
    actor: system,
    target,
    requestId: system.id,
    after: { jws },
  })
}

/** The signed text of an entry that is a checkpoint; undefined of any other. */
export function jwsOf({ action, after }: Event): string | undefined {
  if (action !== 'log.checkpoint') return undefined
  return String(after?.['jws'] ?? '')
}
