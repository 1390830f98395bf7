import { type JwsAlgorithm, jwsAlgorithms } from './algorithms.ts'
import type { KeyFile } from './key-file.ts'
import { type KeyState, type Phased, phasesOf } from './phases.ts'
import { type KeyPlace, readKeys } from './place.ts'

/** A key as an operator sees it; nothing in it is secret. Times are milliseconds. */
export interface ListedKey {
  readonly kid: string
  readonly alg: JwsAlgorithm
  /** `2048 bits`, `P-256` or `Ed25519`. */
  readonly size: string
  readonly state: KeyState
  readonly createdAt: number
  readonly signsFrom: number
  readonly isEncrypted: boolean
  readonly file: string
}

/** Which folder is listed, and by which clock. */
export interface ListOptions {
  readonly place: KeyPlace
  /** Milliseconds. */
  readonly now: () => number
  readonly maxTokenLifetimeSeconds: number
  readonly neededUntil?: (kid: string) => number
}

/** A key of a folder as an operator sees it. */
export function describeKey(place: KeyPlace, { key, state }: Phased<KeyFile>): ListedKey {
  const { kid, alg, createdAt, signsFrom } = key
  const size = jwsAlgorithms[alg].size(key.publicKey)
  const isEncrypted = key.privateHalf.kind === 'encrypted'
  return { kid, alg, size, state, createdAt, signsFrom, isEncrypted, file: place.whereIs(kid) }
}

/** The keys of a folder in the order in which they sign. Needs no passphrase and changes nothing. */
export async function listKeys(options: ListOptions): Promise<readonly ListedKey[]> {
  const { place, now } = options
  const keys = phasesOf(await readKeys(place), { ...options, now: now() })
  return keys.map((phased) => describeKey(place, phased))
}
