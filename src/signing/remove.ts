import { KeyFault } from './fault.ts'
import { readKeys, removeKey } from './files.ts'
import { holdingFolder } from './lock.ts'
import { type PhaseClock, phasesOf } from './phases.ts'

/**
 * Removes the file of a key that does not sign now, for good: what it signed is refused from then on.
 * Answers whether there was one. Fails with KeyFault for the key that signs.
 */
export async function removeKeyFile(dir: string, kid: string, clock: PhaseClock): Promise<boolean> {
  return await holdingFolder(dir, async () => {
    const found = phasesOf(await readKeys(dir), clock).find(({ key }) => key.kid === kid)
    if (found?.state.phase === 'current') {
      throw new KeyFault(`the key ${kid} signs now: \`ostiary keys rotate --now\` first`)
    }
    if (found) await removeKey(dir, kid)
    return found !== undefined
  })
}
