import { randomInt } from 'node:crypto'
import { isProblem } from './problem.ts'

const suffixLength = 4
const letters = 'abcdefghijkmnpqrstuvwxyz23456789'
const attempts = 5

/** Letters that are no other letter with a mark, and what is written where there are none of them. */
const alone: Readonly<Record<string, string>> = {
  æ: 'ae',
  ð: 'd',
  đ: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  ø: 'o',
  œ: 'oe',
  ß: 'ss',
  þ: 'th',
}

/** A name as a DNS label (RFC 1123): letters, digits and hyphens, at most so many. */
export function slugOf(name: string, mostCharacters = 40): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, (letter) => alone[letter] ?? letter)
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, mostCharacters)
    .replace(/^-+|-+$/g, '')
  return plain === '' ? suffix() : plain
}

function suffix(): string {
  return Array.from({ length: suffixLength }, () => letters[randomInt(letters.length)]).join('')
}

/** The same label for somebody who comes later. */
export function another(slug: string, mostCharacters = 40): string {
  return `${slug.slice(0, mostCharacters - suffixLength - 1).replace(/-+$/, '')}-${suffix()}`
}

/**
 * Writes something under the first of several labels that nobody has: `write` fails with `name.taken`
 * of one of these keys where it is taken.
 */
export async function underFreeSlug<T>(
  keys: readonly string[],
  write: (attempt: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await write(attempt)
    } catch (error) {
      const isTaken = isProblem(error, 'name.taken') && keys.includes(error.details.key)
      if (!isTaken || attempt === attempts) throw error
    }
  }
}
