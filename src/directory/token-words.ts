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

/** Sets the bit of a place, if that is in this list. */
export function setBit(bits: Uint8Array, list: number, place: number): void {
  if (placeList(place) !== list) return
  const index = placeIndex(place)
  bits[index >>> 3] = (bits[index >>> 3] ?? 0) | (1 << (index & 7))
}
