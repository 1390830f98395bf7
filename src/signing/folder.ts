import { makeFolder, pathOf, readTexts, removeKey, writeText } from './files.ts'
import { holdingFolder } from './lock.ts'
import type { KeyPlace } from './place.ts'

/** A folder in which each key is a file. */
export function folderPlace(dir: string): KeyPlace {
  return {
    whereIs: (kid) => pathOf(dir, kid),
    make: () => makeFolder(dir),
    texts: () => readTexts(dir),
    write: (kid, text) => writeText(dir, kid, text),
    remove: (kid) => removeKey(dir, kid),
    holding: (work) => holdingFolder(dir, work),
  }
}
