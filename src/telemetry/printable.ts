/** Controls, halves of surrogate pairs, what turns the direction of text, shows nothing, or ends a line. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu
const ascii = /^[ -~]*$/

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, n) => character.charCodeAt(n))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}

/**
 * The same text with everything that would not be seen as what it is written as JSON writes it: what
 * a stranger sends must not steer a terminal, nor look like something else. JSON stays JSON.
 */
export function printable(text: string): string {
  return ascii.test(text) ? text : text.replace(unprintable, escaped)
}

/** The same for a text of several lines, which stay lines. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}
