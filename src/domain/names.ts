import { Problem } from './problem.ts'

/** Characters that are composed in one way only: most names have no others. */
const plain = /^[\x20-\x7e]*$/

/**
 * Full case folding of one character (Unicode, CaseFolding.txt, C and F), of any language: this way and
 * back again there is one form left, but for the dotless i, which is a letter of its own.
 */
function foldCharacter(character: string): string {
  return character === 'ı' ? character : character.toLowerCase().toUpperCase().toLowerCase()
}

/** Names are compared without regard to case and to how their characters are composed. */
export function foldName(name: string): string {
  if (plain.test(name)) return name.toLowerCase()
  return Array.from(name.normalize('NFKC'), foldCharacter).join('').normalize('NFKC')
}

/** The other case of a letter, where there is one alone: the sign of the Kelvin is no k. */
function lowerCase(character: string): string {
  const lower = character.toLowerCase()
  return lower.toUpperCase() === character ? lower : character
}

/**
 * Mail addresses are one where only the case of letters differs, and nowhere else: who has an address
 * that looks alike, such as one in wide letters, has not the other. Even normalizing makes the sign of
 * the Kelvin a K.
 */
export function foldMail(email: string): string {
  return Array.from(email, lowerCase).join('')
}

/** As the first release compared them: for names that would now be another's, until they change. */
export function formerFold(name: string): string {
  return name.normalize('NFKC').toLowerCase()
}

/**
 * What shows nothing, or turns the direction of what is around it (UAX #44, UAX #9); besides, the
 * marks around annotations and the blank of Braille, which Unicode does not count among those.
 */
const unseen =
  /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u2800\ufff9-\ufffb]/u

/** Whether a text has something to see, and nothing that is not seen. */
export function isSeen(text: string): boolean {
  return text.trim() !== '' && !unseen.test(text)
}

/** Two names that look alike must not differ: fails with `request.invalid`, which says where. */
export function assertSeen(name: string | undefined): void {
  const characters = Array.from(name ?? '')
  const place = characters.findIndex((character) => unseen.test(character))
  const codePoint = characters[place]?.codePointAt(0)
  if (codePoint === undefined) return
  const code = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`
  throw new Problem('request.invalid', { rule: 'name_is_seen', position: place + 1, code })
}
