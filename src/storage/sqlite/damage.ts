import { isDamage } from './errors.ts'

/** Opens a file, and turns SQLite's word that it is no sound database into a refusal of that file. */
export function refusingDamage<T>(file: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    if (!isDamage(error) && !(error instanceof Error && isDamage(error.cause))) throw error
    const advice = 'it is damaged or not a database; restore it from a backup'
    throw new Error(`The database ${file} cannot be opened: ${advice}`, { cause: error })
  }
}
