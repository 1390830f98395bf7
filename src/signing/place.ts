import type { Secret } from '../domain/secret.ts'
import { KeyFault } from './fault.ts'
import { formatKeyFile, type KeyFile, parseKeyFile } from './key-file.ts'

/** Where signing keys are kept, each as the text of a key file: a folder, or the database. */
export interface KeyPlace {
  /** How messages name the key of this kid. */
  readonly whereIs: (kid: string) => string
  /** Sees to it that something can be kept here. */
  readonly make: () => Promise<void>
  /** The texts of all keys by kid. */
  readonly texts: () => Promise<ReadonlyMap<string, string>>
  /** Writes the whole of a key or nothing. Fails with KeyFault. */
  readonly write: (kid: string, text: string) => Promise<void>
  /** Removes a key for good. */
  readonly remove: (kid: string) => Promise<void>
  /** Runs `work` while no other process changes the keys, as far as that can be had. */
  readonly holding: <T>(work: () => Promise<T>) => Promise<T>
}

/** Where the keys are, and what opens those that are encrypted. */
export interface KeyHome {
  readonly place: KeyPlace
  readonly passphrase?: Secret | undefined
}

/** Reads one key; the name that it is kept under and the one inside must agree. */
export function readKey(place: KeyPlace, kid: string, text: string): KeyFile {
  const name = place.whereIs(kid)
  const key = parseKeyFile(text, name)
  if (key.kid === kid) return key
  throw new KeyFault(`${name} holds the key ${key.kid}: rename it to ${key.kid}.json`)
}

/** Every key of a place. One that is not in order refuses them all, by its name. */
export async function readKeys(place: KeyPlace): Promise<readonly KeyFile[]> {
  return [...(await place.texts())].map(([kid, text]) => readKey(place, kid, text))
}

/** Writes a key; its private half is encrypted where there is a passphrase. */
export async function writeKey({ place, passphrase }: KeyHome, key: KeyFile): Promise<void> {
  await place.write(key.kid, await formatKeyFile(key, passphrase))
}
