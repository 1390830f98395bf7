import { createHash } from 'node:crypto'
import type { Event, NewEvent } from './event.ts'

const genesisHash = ''

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  members.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}

/** Every member counts, also one that this release does not know: what is served is what was hashed. */
function hashOf(event: NewEvent & Partial<Event>, seq: number, previousHash: string): string {
  const { hash: _hash, previousHash: _previous, ...members } = event
  return createHash('sha256')
    .update(`${previousHash}\n${canonical({ ...members, seq })}`)
    .digest('base64url')
}

/** Gives an event its place after `previous` (undefined: it is the first). */
export function chain(event: NewEvent, previous: Pick<Event, 'seq' | 'hash'> | undefined): Event {
  const seq = (previous?.seq ?? 0) + 1
  const previousHash = previous?.hash ?? genesisHash
  return {
    ...event,
    seq,
    previousHash,
    hash: hashOf(event, seq, previousHash),
  }
}

/** Whether `event` is what was once chained after `previous`. */
export function isChained(
  event: Event,
  previous: Pick<Event, 'seq' | 'hash'> | undefined,
): boolean {
  const { seq, previousHash, hash } = chain(event, previous)
  return event.seq === seq && event.previousHash === previousHash && event.hash === hash
}
