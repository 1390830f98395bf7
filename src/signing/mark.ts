import { FolderNotWritable } from './fault.ts'
import { type KeyPlace, readKeys, writeKey } from './place.ts'

/** The keys that an installation has used, and where each is. */
export async function usedKeys(place: KeyPlace): Promise<readonly string[]> {
  const used = (await readKeys(place)).filter(({ installation }) => installation !== undefined)
  return used.map(({ kid }) => place.whereIs(kid))
}

/** The keys that another installation has used, and where each is. */
export async function foreignKeys(place: KeyPlace, own: string): Promise<readonly string[]> {
  const foreign = (await readKeys(place)).filter(
    ({ installation }) => installation !== undefined && installation !== own,
  )
  return foreign.map(({ kid }) => place.whereIs(kid))
}

/**
 * Notes in each key which installation uses it, so that the key tells it where the database is lost.
 * In a folder that cannot be written they stay without.
 */
export async function markKeys(place: KeyPlace, installation: string): Promise<void> {
  const isOpen = (key: { readonly installation?: string }) => key.installation === undefined
  if (!(await readKeys(place)).some(isOpen)) return
  try {
    await place.holding(async () => {
      for (const key of (await readKeys(place)).filter(isOpen)) {
        await writeKey({ place }, { ...key, installation })
      }
    })
  } catch (error) {
    if (!(error instanceof FolderNotWritable)) throw error
  }
}
