import { KeyFault } from './fault.ts'
import { type PhaseClock, phasesOf } from './phases.ts'
import { type KeyPlace, readKeys } from './place.ts'

/**
 * Removes the file of a key that does not sign now, for good: what it signed is refused from then on.
 * Answers whether there was one. Fails with KeyFault for the key that signs.
 */
export async function removeKey(place: KeyPlace, kid: string, clock: PhaseClock): Promise<boolean> {
  return await place.holding(async () => {
    const found = phasesOf(await readKeys(place), clock).find(({ key }) => key.kid === kid)
    if (found?.state.phase === 'current') {
      throw new KeyFault(`the key ${kid} signs now: \`ostiary keys rotate --now\` first`)
    }
    if (found) await place.remove(kid)
    return found !== undefined
  })
}
