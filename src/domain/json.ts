/** Levels of lists and objects in one another: nothing that we read has more than a few. */
export const mostLevels = 32

/** JSON that is nested too deep to be read by whatever recurses. */
export class JsonTooDeep extends SyntaxError {
  constructor() {
    super(`JSON is nested deeper than ${mostLevels} levels`)
    this.name = 'JsonTooDeep'
  }
}

const [quote, backslash] = ['"', '\\'].map((mark) => mark.charCodeAt(0))
const [openList, openObject] = ['[', '{'].map((mark) => mark.charCodeAt(0))
const [closeList, closeObject] = [']', '}'].map((mark) => mark.charCodeAt(0))

/** Where a text ends that begins there; RFC 8259 §7: an escape is two characters. */
function endOfText(text: string, from: number): number {
  let at = from + 1
  while (at < text.length && text.charCodeAt(at) !== quote) {
    at += text.charCodeAt(at) === backslash ? 2 : 1
  }
  return at
}

function isTooDeep(text: string): boolean {
  let level = 0
  for (let at = 0; at < text.length && level <= mostLevels; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfText(text, at)
    else if (code === openList || code === openObject) level += 1
    else if (code === closeList || code === closeObject) level -= 1
  }
  return level > mostLevels
}

/**
 * Parses the JSON of a stranger. Fails with a SyntaxError; with JsonTooDeep before anything is made
 * of it that could exhaust the stack of whoever walks through it (RFC 8259 §9).
 */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) throw new JsonTooDeep()
  return JSON.parse(text)
}
