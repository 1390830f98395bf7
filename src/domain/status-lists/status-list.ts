import { hash } from 'node:crypto'
import { count, flag, object, optional, type Shape, text } from '../shape.ts'
import type { StatusRef } from '../tokens/token.ts'
import { type Versioned, versionedMembers } from '../versioned.ts'

const indexBits = 20

/** So many tokens have a place in one list: one bit each. */
export const listLength = 2 ** indexBits

/** The bits of one list take so many bytes. */
export const listBytes = listLength / 8

/** Lists are numbered in twelve bits: so many there are at most. */
const mostLists = 2 ** (32 - indexBits) - 1

/** A list of the states of tokens, as far as its places are given away. */
export interface StatusList extends Versioned {
  /** What its order of places is made of. */
  readonly seed: string
  /** So many places were given away, or reserved for it. */
  readonly given: number
  /**
   * The store was put back to an older state: no place is given away any more, and of those that were
   * all are revoked but those of tokens that the store knows.
   */
  readonly isClosed?: boolean
}

/** What is stored of a status list. */
export const statusListShape: Shape<StatusList> = object<StatusList>({
  ...versionedMembers,
  seed: text(),
  given: count,
  isClosed: optional(flag),
})

const prefix = 'list-'

/** The id of the list of a number. */
export function listId(number: number): string {
  return `${prefix}${number}`
}

/** The number of a list, by its id; undefined when it is the id of none. */
export function listNumber(id: string): number | undefined {
  const number = id.startsWith(prefix) ? Number(id.slice(prefix.length)) : Number.NaN
  const isOne = Number.isInteger(number) && number >= 0 && number < mostLists
  return isOne && listId(number) === id ? number : undefined
}

/** A place in one word: the number of its list, then the index. */
export function placeNumber({ list, index }: StatusRef): number {
  return (((listNumber(list) ?? 0) << indexBits) | index) >>> 0
}

/** The number of the list of a place. */
export function placeList(place: number): number {
  return place >>> indexBits
}

/** The index of a place in its list. */
export function placeIndex(place: number): number {
  return place & (listLength - 1)
}

const half = indexBits / 2
const halfMask = 2 ** half - 1
const rounds = 4

/**
 * The index of the n-th place that a list gives away: every index once, in an order that tells nobody
 * which tokens were made one after the other (draft-ietf-oauth-status-list §13.2). A Feistel network
 * over the bits of the number, whose rounds are digests of the seed.
 */
export function indexOf(seed: string, nth: number): number {
  let [left, right] = [nth >>> half, nth & halfMask]
  for (let round = 0; round < rounds; round += 1) {
    const mixed = hash('sha256', `${seed}\0${round}\0${right}`, 'buffer').readUInt16BE(0) & halfMask
    ;[left, right] = [right, left ^ mixed]
  }
  return (left << half) | right
}
