import { provePassphrase } from './add.ts'
import { KeyFault } from './fault.ts'
import type { KeyFile } from './key-file.ts'
import { type PhaseClock, phasesOf } from './phases.ts'
import { type KeyHome, readKeys } from './place.ts'

/** A key that its passphrase opens no more signs nothing: without this it could never be taken out. */
async function canSign(home: KeyHome, key: KeyFile): Promise<boolean> {
  return await provePassphrase(home, key).then(
    () => true,
    (error) => {
      if (error instanceof KeyFault) return false
      throw error
    },
  )
}

/**
 * Removes the file of a key that does not sign now, for good: what it signed is refused from then on.
 * Answers whether there was one. Fails with KeyFault for the key that signs, unless it is lost: one
 * that cannot be decrypted.
 */
export async function removeKey(home: KeyHome, kid: string, clock: PhaseClock): Promise<boolean> {
  const { place } = home
  return await place.holding(async () => {
    const found = phasesOf(await readKeys(place), clock).find(({ key }) => key.kid === kid)
    if (found?.state.phase === 'current' && (await canSign(home, found.key))) {
      throw new KeyFault(`the key ${kid} signs now: \`ostiary keys rotate --now\` first`)
    }
    if (found) await place.remove(kid)
    return found !== undefined
  })
}
