import { JsonRefused, parseJson } from '../json.ts'
import { isProblem } from '../problem.ts'
import type { KeyFault } from './key-fault.ts'
import { type PublicKey, readPublicKey } from './public-key.ts'

/** Keys that a set may have; one with more is refused whole, for nobody could say which count. */
export const mostKeys = 20

/** A member of a key set that logs nobody in, by its place from 0 on, and why. */
interface SkippedKey {
  readonly at: number
  readonly fault: KeyFault
}

/** The keys of a set that can be used, and the others; or why there is no set. */
export type KeySetRead =
  | {
      readonly ok: true
      readonly keys: readonly PublicKey[]
      readonly skipped: readonly SkippedKey[]
    }
  | { readonly ok: false; readonly why: string }

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function membersOf(text: string): readonly unknown[] | string {
  let value: unknown
  try {
    value = parseJson(text)
  } catch (error) {
    return error instanceof JsonRefused ? error.why : 'is no JSON'
  }
  const keys = isObject(value) ? value['keys'] : undefined
  if (!Array.isArray(keys)) return 'has no member keys that is a list (RFC 7517 §5)'
  return keys.length > mostKeys ? `has ${keys.length} keys, expected at most ${mostKeys}` : keys
}

function readMember(member: unknown): PublicKey | KeyFault {
  if (!isObject(member)) return { fault: 'no_object' }
  try {
    return readPublicKey(member)
  } catch (error) {
    if (isProblem(error, 'key.invalid')) return error.details
    throw error
  }
}

/**
 * Reads a JWK Set that somebody publishes. RFC 7517 §5: what is not understood is skipped, so that a
 * key for another use ends no login by those beside it.
 */
export function readKeySet(text: string): KeySetRead {
  const members = membersOf(text)
  if (typeof members === 'string') return { ok: false, why: members }
  const keys = new Map<string, PublicKey>()
  const skipped: SkippedKey[] = []
  for (const [at, member] of members.entries()) {
    const key = readMember(member)
    const name = 'kty' in key ? `${key.kty} ${key.kid}` : ''
    if ('fault' in key) skipped.push({ at, fault: key })
    else if (keys.has(name)) skipped.push({ at, fault: { fault: 'kid_twice' } })
    else keys.set(name, key)
  }
  return { ok: true, keys: [...keys.values()], skipped }
}
