import { Problem } from '../problem.ts'
import { digestWith, type Pepper, sameDigest } from '../secret.ts'
import type { AccountList, Place } from './lists.ts'

/** What a cursor is good for: another list, sorting or search has others. */
function covered({ scope, sorting, search }: AccountList, place: string): string {
  return JSON.stringify(['cursor', scope, sorting.by, sorting.isDescending, search, place])
}

/** Names a place of one list, so that no other list takes it, and nobody can make one up. */
export function cursorAt([pepper]: readonly [Pepper, ...Pepper[]], list: AccountList) {
  return ({ key, id }: Place): string => {
    const place = Buffer.from(JSON.stringify([key, id])).toString('base64url')
    return `${place}.${digestWith(pepper, covered(list, place)).value}`
  }
}

function readPlace(place: string): Place {
  const [key, id]: readonly unknown[] = JSON.parse(Buffer.from(place, 'base64url').toString())
  return { key: String(key), id: String(id) }
}

/** Reads a cursor back. Fails with `request.invalid` when it is not one of this very list. */
export function placeAt(peppers: readonly Pepper[], list: AccountList, cursor: string): Place {
  const [place = '', value = ''] = cursor.split('.')
  const isOurs = peppers.some((pepper) => {
    const digest = digestWith(pepper, covered(list, place))
    return sameDigest(digest, { pepper: pepper.id, value })
  })
  if (isOurs) return readPlace(place)
  throw new Problem('request.invalid', { rule: 'cursor_is_of_its_list' })
}
