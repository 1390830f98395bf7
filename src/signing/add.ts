import type { KeyObject } from 'node:crypto'
import type { JwsAlgorithm } from './algorithms.ts'
import { type KeyFile, newKeyFile, openPrivateKey } from './key-file.ts'
import { describeKey, type ListedKey } from './list.ts'
import { type Phased, phasesOf } from './phases.ts'
import { type KeyHome, readKeys, writeKey } from './place.ts'

/** What it takes to add a key to a folder. */
export interface AddOptions extends KeyHome {
  /** Milliseconds. */
  readonly now: () => number
  /** For how long a key is published before it signs; 0 lets it sign now. */
  readonly publishSeconds: number
  /** The longest life of a token: for so long a retired key is still published. */
  readonly maxTokenLifetimeSeconds: number
  /** When the last token of which a record is kept ends that a key signed; milliseconds. */
  readonly neededUntil?: (kid: string) => number
}

/** The keys of a folder, each with where it is in its life. */
export async function readPhased(options: AddOptions): Promise<readonly Phased<KeyFile>[]> {
  const { place, now } = options
  return phasesOf(await readKeys(place), { ...options, now: now() })
}

/** The key that signs now; undefined in a folder without keys. */
export function currentOf(keys: readonly Phased<KeyFile>[]): KeyFile | undefined {
  return keys.find(({ state }) => state.phase === 'current')?.key
}

/** With a passphrase that does not open the current key, a new one would be lost to the server. */
export async function provePassphrase(home: KeyHome, current?: KeyFile): Promise<void> {
  if (current?.privateHalf.kind !== 'encrypted') return
  await openPrivateKey(current, home.place.whereIs(current.kid), home.passphrase)
}

/** A successor signs after its predecessor, also when another machine's clock set that one. */
export function signsAfter(current: KeyFile | undefined, wanted: number): number {
  return current === undefined ? wanted : Math.max(wanted, current.signsFrom + 1)
}

/** Adds a key to the folder: it is published at once, and signs when its time comes. */
export async function addKey(
  options: AddOptions,
  keys: readonly Phased<KeyFile>[],
  made: { readonly privateKey: KeyObject; readonly alg: JwsAlgorithm },
): Promise<ListedKey> {
  const current = currentOf(keys)
  const now = options.now()
  // Nobody waits for a first key: there is nothing else to sign with.
  const publishMs = current === undefined ? 0 : options.publishSeconds * 1000
  const signsFrom = signsAfter(current, now + publishMs)
  const key = newKeyFile(made.privateKey, { alg: made.alg, createdAt: now, signsFrom })
  await writeKey(options, key)
  return await describeWritten(options, key.kid)
}

/** Describes a key that was just written, as the folder now has it. */
export async function describeWritten(options: AddOptions, kid: string): Promise<ListedKey> {
  const written = (await readPhased(options)).find(({ key }) => key.kid === kid)
  if (written === undefined) throw new Error(`the key ${kid} was written and is not there`)
  return describeKey(options.place, written)
}
