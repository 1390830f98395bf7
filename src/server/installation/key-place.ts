import { resolve } from 'node:path'
import type { Settings } from '../../config/schema.ts'
import type { Context } from '../../domain/context.ts'
import { isProblem } from '../../domain/problem.ts'
import { Secret } from '../../domain/secret.ts'
import {
  endSigningKey,
  keepSigningKey,
  knownSigningKeys,
  lastKept,
  signingKeyOf,
} from '../../domain/signing-keys/record.ts'
import { KeyFault, KeysBusy } from '../../signing/fault.ts'
import { folderPlace } from '../../signing/folder.ts'
import { parseKeyFile, seenKey } from '../../signing/key-file.ts'
import { type KeyPlace, readKeys, writeKey } from '../../signing/place.ts'

const nameOf = (kid: string) => `the signing key ${kid} in the database`

/** The database itself: each key is a record, whose private half is encrypted (JWE). */
function databasePlace(ctx: Context): KeyPlace {
  /** Which key was the last when a change began: of two that begin at once one is refused. */
  let seenLast: string | undefined
  return {
    whereIs: nameOf,
    make: async () => undefined,
    async texts() {
      const records = await knownSigningKeys(ctx)
      return new Map(records.flatMap(({ kid, file }) => (file === undefined ? [] : [[kid, file]])))
    },
    async write(kid, text) {
      const key = parseKeyFile(text, nameOf(kid))
      if (key.privateHalf.kind === 'plain') {
        throw new KeyFault(`${nameOf(kid)} is not encrypted: set keys.passphrase`)
      }
      try {
        const last = seenLast ?? (await lastKept(ctx))
        await keepSigningKey(ctx, seenKey(key), { file: text, last })
      } catch (error) {
        if (!isProblem(error, 'name.taken', 'record.conflict')) throw error
        throw new KeysBusy('another process changed the signing keys at the same moment', error)
      }
    },
    async remove(kid) {
      const record = await signingKeyOf(ctx, kid)
      if (record) await endSigningKey(ctx, record)
    },
    // No lock: any set of keys is a valid state.
    async holding(work) {
      seenLast = await lastKept(ctx)
      try {
        return await work()
      } finally {
        seenLast = undefined
      }
    },
  }
}

/** Whether the settings keep the signing keys in the database. */
export function areKeysInStore({ keys }: Settings): boolean {
  return keys.store === 'database'
}

/** What opens encrypted keys, where there is such a thing. */
export function passphraseIn({ keys }: Settings): { readonly passphrase?: Secret } {
  return keys.passphrase === '' ? {} : { passphrase: new Secret(keys.passphrase) }
}

/** Where the settings keep the signing keys. */
export function keyPlace(settings: Settings, ctx: () => Context): KeyPlace {
  if (areKeysInStore(settings)) return databasePlace(ctx())
  return folderPlace(resolve(settings.keys.dir))
}

/** Brings the keys of the folder into a database that has none yet; answers which. */
export async function adoptFolder(settings: Settings, place: KeyPlace): Promise<readonly string[]> {
  if (!areKeysInStore(settings) || (await place.texts()).size > 0) return []
  const keys = await readKeys(folderPlace(resolve(settings.keys.dir)))
  const home = { place, ...passphraseIn(settings) }
  for (const key of [...keys].sort((a, b) => a.signsFrom - b.signsFrom)) {
    await writeKey(home, key).catch((error) => {
      // Another process that starts has brought it.
      if (!(error instanceof KeysBusy)) throw error
    })
  }
  return keys.map(({ kid }) => kid)
}
