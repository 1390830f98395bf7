import type { IncomingHttpHeaders } from 'node:http'
import { readKeySet } from '../domain/credentials/key-set.ts'
import type { PublicKey } from '../domain/credentials/public-key.ts'
import { keyFaultWords } from './key-faults.ts'
import { get, type OutboundRules } from './outbound.ts'

/** A key set as it was published. */
export interface FetchedKeySet<K> {
  readonly keys: readonly K[]
  /** What was not understood of it, a sentence each. */
  readonly skipped: readonly string[]
  /** For how long it need not be read again. */
  readonly freshSeconds: number
}

const usualSeconds = 60
const bounds = { fewest: 10, most: 3600 } as const

/** RFC 9111 §4.2.1: how long an answer is fresh by its own word, if it says so. */
function maxAgeSeconds({ 'cache-control': control = '', age = '' }: IncomingHttpHeaders) {
  const directives = control.split(',').map((part) => part.trim().toLowerCase())
  if (directives.includes('no-store') || directives.includes('no-cache')) return 0
  const [seconds] = directives.flatMap((part) => /^max-age="?(\d{1,10})"?$/.exec(part)?.[1] ?? [])
  if (seconds === undefined) return undefined
  return Number(seconds) - (/^\d{1,10}$/.test(age) ? Number(age) : 0)
}

/** For how long a key set need not be read again: as its answer says, within bounds. */
function freshSeconds(headers: IncomingHttpHeaders): number {
  const seconds = maxAgeSeconds(headers) ?? usualSeconds
  return Math.min(bounds.most, Math.max(bounds.fewest, seconds))
}

/** Reads the key sets that clients publish (RFC 7591 jwks_uri). Fails with why one cannot be used. */
export function keySetReader(
  rules: OutboundRules,
): (uri: string) => Promise<FetchedKeySet<PublicKey>> {
  return async (uri) => {
    const { headers, body } = await get(new URL(uri), rules)
    // A byte order mark is no part of the text (RFC 8259 §8.1 lets it be ignored).
    const read = readKeySet(new TextDecoder('utf-8', { fatal: true }).decode(body))
    if (!read.ok) throw new Error(`the key set ${read.why}`)
    const skipped = read.skipped.map(({ at, fault }) => keyFaultWords(fault, `keys[${at}]`))
    return { keys: read.keys, skipped, freshSeconds: freshSeconds(headers) }
  }
}
