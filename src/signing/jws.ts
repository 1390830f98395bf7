import { hash, type KeyObject } from 'node:crypto'
import { parseJson } from '../domain/json.ts'
import { Recent } from '../domain/recent.ts'
import { type JwsAlgorithm, jwsAlgorithms } from './algorithms.ts'
import { isMembers, type Members } from './jwk.ts'
import type { VerificationKey } from './snapshot.ts'

/** Where the keys come from: a keyring, or sets that were kept. */
export interface VerificationKeys {
  verificationKey(kid: string): VerificationKey | undefined
}

/** Why a signed text is refused: for the log and the tests, not for whoever sent it. */
export type JwsRefusal =
  | 'malformed'
  | 'wrong_type'
  | 'unknown_key'
  | 'wrong_algorithm'
  | 'bad_signature'

/** The payload of a text that one of our keys has signed, or why it is none; with the key it names. */
export type VerifiedJws =
  | { readonly ok: true; readonly kid: string; readonly payload: Members }
  | { readonly ok: false; readonly kid: string; readonly why: JwsRefusal }

const longestToken = 16 * 1024
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * RFC 7515 §2 and RFC 4648 §3.5: no padding, no foreign characters, no stray bits at the end. What
 * is not the one way to write its bytes is refused, so that no token has a second spelling.
 */
function decode(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url')
  return bytes.toString('base64url') === part ? bytes : undefined
}

function readObject(part: string): Members | undefined {
  const bytes = decode(part)
  if (bytes === undefined) return undefined
  try {
    const value = parseJson(utf8.decode(bytes))
    return isMembers(value) ? value : undefined
  } catch {
    return undefined
  }
}

interface Parts {
  readonly header: Members
  readonly payload: string
  readonly signature: Buffer
  readonly signed: Buffer
}

function split(token: string): Parts | undefined {
  if (token.length > longestToken) return undefined
  const [first, payload, last, ...rest] = token.split('.', 4)
  if (first === undefined || payload === undefined || !last || rest.length > 0) return undefined
  const [header, signature] = [readObject(first), decode(last)]
  if (header === undefined || signature === undefined) return undefined
  const signed = Buffer.from(`${first}.${payload}`)
  return { header, payload, signature, signed }
}

/** RFC 7515 §4.1.9: case does not matter, and `application/` may be left out. */
function mediaType(typ: string): string {
  return typ.toLowerCase().replace(/^application\//, '')
}

function isOfType(header: Members, accepted: readonly string[]): boolean {
  const { typ } = header
  return typeof typ === 'string' && accepted.map(mediaType).includes(mediaType(typ))
}

type KeyFound =
  | { readonly ok: true; readonly alg: JwsAlgorithm; readonly key: VerificationKey['key'] }
  | { readonly ok: false; readonly why: JwsRefusal }

/** RFC 8725 §3.1: the key says which algorithm it is used with; the header can only agree. */
function findKey(header: Members, keys: VerificationKeys): KeyFound {
  const { kid, alg } = header
  if (typeof kid !== 'string' || typeof alg !== 'string') return { ok: false, why: 'malformed' }
  const found = keys.verificationKey(kid)
  if (found === undefined) return { ok: false, why: 'unknown_key' }
  return alg === found.alg ? { ok: true, ...found } : { ok: false, why: 'wrong_algorithm' }
}

/** Checks the header, and finds the key that must have signed the text. */
function judgeHeader(header: Members, keys: VerificationKeys, types: readonly string[]): KeyFound {
  // RFC 7515 §4.1.11: an extension that is not understood refuses the text; we know none.
  if (header['crit'] !== undefined) return { ok: false, why: 'malformed' }
  if (!isOfType(header, types)) return { ok: false, why: 'wrong_type' }
  return findKey(header, keys)
}

/** What a text says, and the key that was proved to have signed it. */
interface Proven {
  readonly header: Members
  readonly payload: Members
  readonly key: KeyObject
}

/** So many tokens are in use at a time. */
const mostProven = 4000

/** By digest: callers send the same token again and again. */
const provenBefore = new Recent<string, Proven>(mostProven)

const kidOf = ({ kid }: Members) => (typeof kid === 'string' ? kid : '')

/** A text that was proved before, where its header is still accepted and names the same key. */
function provenAgain(
  known: Proven | undefined,
  keys: VerificationKeys,
  types: readonly string[],
): VerifiedJws | undefined {
  const found = known && judgeHeader(known.header, keys, types)
  if (!found?.ok || found.key !== known?.key) return undefined
  return { ok: true, kid: kidOf(known.header), payload: known.payload }
}

function prove(
  { header, payload, signed, signature }: Parts,
  keys: VerificationKeys,
  types: readonly string[],
): Proven | JwsRefusal {
  const found = judgeHeader(header, keys, types)
  if (!found.ok) return found.why
  const { alg, key } = found
  if (!jwsAlgorithms[alg].verify(key, signed, signature)) return 'bad_signature'
  const members = readObject(payload)
  return members === undefined ? 'malformed' : { header, payload: members, key }
}

/** Verifies a compact JWS of one of these types (RFC 7515 §5.2) with JSON for its payload. */
export function verifyJws(
  text: string,
  keys: VerificationKeys,
  types: readonly string[],
): VerifiedJws {
  const digest = hash('sha256', text.slice(0, longestToken + 1), 'base64url')
  const again = provenAgain(provenBefore.get(digest), keys, types)
  if (again) return again
  const parts = split(text)
  if (parts === undefined) return { ok: false, kid: '', why: 'malformed' }
  const kid = kidOf(parts.header)
  const proven = prove(parts, keys, types)
  if (typeof proven === 'string') return { ok: false, kid, why: proven }
  provenBefore.set(digest, proven)
  return { ok: true, kid, payload: proven.payload }
}

/** The payload of a compact JWS as it stands there; nobody has verified it. */
export function readPayload(text: string): Members | undefined {
  const parts = split(text)
  return parts && readObject(parts.payload)
}
