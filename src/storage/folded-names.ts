import { fingerprint } from '../domain/secret.ts'
import { membersOf } from './stored-json.ts'

/** What becomes of an account whose name is compared in another way now. */
export interface Refolded {
  /** The fingerprint of its name as it is compared from now on. */
  readonly key: string
  /** The record as it stays when that key is another's: compared as before until it is renamed. */
  readonly former: string
}

// Copies, as they were in this migration: what the rules of names become later is not for here.
const before = (name: string) => name.normalize('NFKC').toLowerCase()
const folded = (character: string) =>
  character === 'ı' ? character : character.toLowerCase().toUpperCase().toLowerCase()
const after = (name: string) =>
  Array.from(name.normalize('NFKC'), folded).join('').normalize('NFKC')

/**
 * The first release compared names in lower case; from then on case is folded in full. Undefined for
 * an account of which that makes no difference. Frozen.
 */
export function refolded(body: unknown): Refolded | undefined {
  const members = membersOf(body)
  const { name, owner, nameFold } = members
  if (typeof name !== 'string' || nameFold !== undefined || before(name) === after(name)) return
  const key = fingerprint(`${owner}\0${after(name)}`)
  return { key, former: JSON.stringify({ ...members, nameFold: 'former' }) }
}
