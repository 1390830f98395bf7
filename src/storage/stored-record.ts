import type { RecordKind } from '../domain/record-kind.ts'
import { type Kind, type Records, recordKinds } from '../domain/records.ts'
import { fingerprint } from '../domain/secret.ts'
import type { Versioned } from '../domain/versioned.ts'
import { damaged } from './faults.ts'
import { fits, type Members, membersOf, wholeMilliseconds } from './stored-json.ts'

/** What both stores keep of a record: the record itself as JSON, and what it is found by. */
export interface StoredRecord {
  readonly id: string
  readonly version: number
  readonly live: boolean
  readonly scope: string
  readonly purgeAfter: number | undefined
  /** Fingerprints of the unique keys: of one size, whatever the value's length and characters. */
  readonly keys: Readonly<Record<string, string>>
  readonly body: string
}

/** A record as both stores keep it. */
export function encode<K extends Kind>(kind: K, record: Records[K]): StoredRecord {
  const row: RecordKind<Records[K]> = recordKinds[kind]
  const number = shapeOf(row)
  const { unique, scope } = row
  const keys = Object.entries(unique).flatMap(([name, keyOf]) => {
    const value = keyOf(record)
    return value === undefined ? [] : [[name, fingerprint(value)] as const]
  })
  return {
    id: record.id,
    version: record.version,
    live: record.live,
    scope: scope(record),
    purgeAfter: record.purgeAfter === undefined ? undefined : wholeMilliseconds(record.purgeAfter),
    keys: Object.fromEntries(keys),
    body: JSON.stringify({ ...record, ...(number > 1 && { shape: number }) }),
  }
}

/** The number of the shape that a kind of record has in this release. */
function shapeOf({ upgrades }: { readonly upgrades: readonly unknown[] }): number {
  return upgrades.length + 1
}

/** The number of the shape in which something was written, and the members themselves. */
function shapeIn(stored: Members) {
  if (stored['shape'] === undefined) return { written: 1, members: stored }
  const { shape, ...members } = stored
  return { written: Number(shape), members }
}

/**
 * Reads what a row describes: raises what an older release wrote, and refuses what it is not.
 * `what` names it in the refusal.
 */
export function decodeBy<R extends Versioned>(row: RecordKind<R>, body: unknown, what: string): R {
  const { written, members } = shapeIn(membersOf(body))
  if (written > shapeOf(row)) throw damaged(`${what} (a newer release wrote it)`)
  const raised = row.upgrades
    .slice(written - 1)
    .reduce<Members>((former, raise) => raise(former), members)
  if (fits<R>(row.shape, raised)) return raised
  throw damaged(what)
}

/** Reads a record back. Fails with `store.damaged` when it is not what its kind must be. */
export function decode<K extends Kind>(kind: K, body: unknown): Records[K] {
  return decodeBy<Records[K]>(recordKinds[kind], body, `record of kind ${kind}`)
}
