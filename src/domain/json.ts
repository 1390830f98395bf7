/** Levels of lists and objects in one another: nothing that we read has more than a few. */
export const mostLevels = 32

/** JSON that is nested too deep to be read by whatever recurses. */
export class JsonTooDeep extends SyntaxError {
  constructor() {
    super(`JSON is nested deeper than ${mostLevels} levels`)
    this.name = 'JsonTooDeep'
  }
}

const steps: Readonly<Record<string, 1 | -1>> = { '[': 1, '{': 1, ']': -1, '}': -1 }
/**
 * A text within JSON, or a bracket outside of one; RFC 8259 §7: an escape is two characters. A text
 * without its end goes to the end, so that every character is looked at once.
 */
const marks = /"[^"\\]*(?:\\.[^"\\]*)*"?|[[\]{}]/gs

function isTooDeep(text: string): boolean {
  let level = 0
  for (const [mark] of text.matchAll(marks)) {
    level += steps[mark] ?? 0
    if (level > mostLevels) return true
  }
  return false
}

/**
 * Parses the JSON of a stranger. Fails with a SyntaxError; with JsonTooDeep before anything is made
 * of it that could exhaust the stack of whoever walks through it (RFC 8259 §9).
 */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) throw new JsonTooDeep()
  return JSON.parse(text)
}
