import { Problem } from '../problem.ts'
import { digestWith, type Pepper, sameDigest } from '../secret.ts'
import type { Sorting, Standing } from './order.ts'

/** Which list a cursor is of: another list, sorting, search or filter has others. */
export interface ListName {
  /** What is listed, and whose it is. */
  readonly of: readonly string[]
  readonly sorting: Sorting
  /** Folded; empty: all. */
  readonly search: string
  /** What else narrows it. */
  readonly filter?: object
}

function covered({ of, sorting, search, filter = {} }: ListName, place: string): string {
  const { by, isDescending } = sorting
  return JSON.stringify(['cursor', of, by, isDescending, search, filter, place])
}

/** Names a place of one list, so that no other list takes it, and nobody can make one up. */
export function cursorAt([pepper]: readonly [Pepper, ...Pepper[]], list: ListName) {
  return ({ key, id }: Standing): string => {
    const place = Buffer.from(JSON.stringify([key, id])).toString('base64url')
    return `${place}.${digestWith(pepper, covered(list, place)).value}`
  }
}

function readPlace(place: string): Standing {
  const [key, id]: readonly unknown[] = JSON.parse(Buffer.from(place, 'base64url').toString())
  return { key: String(key), id: String(id) }
}

/** Reads a cursor back. Fails with `request.invalid` when it is not one of this very list. */
export function placeAt(peppers: readonly Pepper[], list: ListName, cursor: string): Standing {
  const [place = '', value = ''] = cursor.split('.')
  const isOurs = peppers.some((pepper) => {
    const digest = digestWith(pepper, covered(list, place))
    return sameDigest(digest, { pepper: pepper.id, value })
  })
  if (isOurs) return readPlace(place)
  throw new Problem('request.invalid', { rule: 'cursor_is_of_its_list' })
}
