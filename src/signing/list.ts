import { type JwsAlgorithm, jwsAlgorithms } from './algorithms.ts'
import { pathOf, readKeys } from './files.ts'
import type { KeyFile } from './key-file.ts'
import { type KeyState, type Phased, phasesOf } from './phases.ts'

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
  readonly dir: string
  /** Milliseconds. */
  readonly now: () => number
  readonly maxTokenLifetimeSeconds: number
}

/** A key of a folder as an operator sees it. */
export function describeKey(dir: string, { key, state }: Phased<KeyFile>): ListedKey {
  const { kid, alg, createdAt, signsFrom } = key
  const size = jwsAlgorithms[alg].size(key.publicKey)
  const isEncrypted = key.privateHalf.kind === 'encrypted'
  return { kid, alg, size, state, createdAt, signsFrom, isEncrypted, file: pathOf(dir, kid) }
}

/** The keys of a folder in the order in which they sign. Needs no passphrase and changes nothing. */
export async function listKeys(options: ListOptions): Promise<readonly ListedKey[]> {
  const { dir, now, maxTokenLifetimeSeconds } = options
  const keys = phasesOf(await readKeys(dir), { now: now(), maxTokenLifetimeSeconds })
  return keys.map((phased) => describeKey(dir, phased))
}
