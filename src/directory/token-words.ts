import { placeIndex, placeList } from '../domain/status-lists/status-list.ts'

/** An id, a UUID, as four words. */
export function wordsOf(id: string): Uint32Array {
  const hex = id.replaceAll('-', '')
  return Uint32Array.from([0, 8, 16, 24], (at) => Number.parseInt(hex.slice(at, at + 8), 16))
}

/** The id of four words. */
export function idOf(words: Uint32Array): string {
  const hex = [...words].map((word) => word.toString(16).padStart(8, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** The first half of a SHA-256 in base64url, as four words. */
export function digestWords(digest: string): Uint32Array {
  const bytes = Buffer.from(digest, 'base64url')
  return Uint32Array.from([0, 4, 8, 12], (at) => bytes.readUInt32BE(at))
}

/** The text of four words of a digest, as `shortened` has it. */
export function digestOf(words: Uint32Array): string {
  const bytes = Buffer.alloc(16)
  words.forEach((word, at) => {
    bytes.writeUInt32BE(word, at * 4)
  })
  return bytes.toString('base64url')
}

/** Bits of one list. */
export interface Bits {
  /** The number of the list. */
  readonly list: number
  readonly bits: Uint8Array
  /** Every bit was set before: those of what stands are taken back. */
  readonly isClosed: boolean
}

/** Says of a place, if it is in this list, whether what it was given to is over. */
export function note({ list, bits, isClosed }: Bits, place: number, isOver: boolean): void {
  if (placeList(place) !== list || isOver === isClosed) return
  const index = placeIndex(place)
  const [byte, mask] = [bits[index >>> 3] ?? 0, 1 << (index & 7)]
  bits[index >>> 3] = isOver ? byte | mask : byte & ~mask
}
