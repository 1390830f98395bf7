import { foldName } from '../names.ts'

/** By what lists are sorted. */
export const listOrders = ['createdAt', 'name'] as const

/** An order of a list, from its beginning or from its end. */
export interface Sorting {
  readonly by: (typeof listOrders)[number]
  readonly isDescending: boolean
}

/** Where something stands in an order, whether or not it is still there. */
export interface Standing {
  /** Empty where ids alone decide. */
  readonly key: string
  readonly id: string
}

/** Of a name; longer ones only come from letters that are folded into many. */
const longestKey = 128

/** A name as lists sort by it: by its characters, without regard to case. */
export function nameKey(name: string): string {
  return foldName(name).slice(0, longestKey)
}

/** Below 0 when one stands before the other, above 0 when it stands behind it. */
export function compareStandings(one: Standing, other: Standing): number {
  if (one.key !== other.key) return one.key < other.key ? -1 : 1
  if (one.id === other.id) return 0
  return one.id < other.id ? -1 : 1
}

/** Whether something comes later than a standing, in an order. */
export function comesAfter(sorting: Sorting, one: Standing, other: Standing): boolean {
  const order = compareStandings(one, other)
  return sorting.isDescending ? order < 0 : order > 0
}

/** Whether one of these texts has a folded text in it. */
export function isFound(search: string, texts: readonly string[]): boolean {
  return search === '' || texts.some((text) => foldName(text).includes(search))
}
