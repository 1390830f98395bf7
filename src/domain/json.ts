/** Levels of lists and objects in one another: nothing that we read has more than a few. */
export const mostLevels = 32

/** Members of one object: the same. */
const mostMembers = 1000
const longestShown = 64

/** JSON that is not read although it can be parsed; it says why, as of a document. */
export class JsonRefused extends SyntaxError {
  /** Such as: has more than 32 levels. */
  readonly why: string

  constructor(why: string) {
    super(`JSON ${why}`)
    this.name = 'JsonRefused'
    this.why = why
  }
}

const code = (mark: string) => mark.charCodeAt(0)
const [quote, backslash, comma] = [code('"'), code('\\'), code(',')]
const [openList, openObject] = [code('['), code('{')]
const [closeList, closeObject] = [code(']'), code('}')]

/** Where a text ends that begins there; RFC 8259 §7: an escape is two characters. */
function endOfText(text: string, from: number): number {
  let at = from + 1
  while (at < text.length && text.charCodeAt(at) !== quote) {
    at += text.charCodeAt(at) === backslash ? 2 : 1
  }
  return at
}

/** A name as it reads; one that is no JSON is for the parser to refuse. */
function nameOf(raw: string): string {
  if (!raw.includes('\\')) return raw
  try {
    return String(JSON.parse(`"${raw}"`))
  } catch {
    return raw
  }
}

/** A list or an object; most have no member twice, and many have none. */
interface Level {
  readonly isObject: boolean
  names?: Set<string>
}

/** Follows the levels of a text. Fails with JsonRefused. */
class Levels {
  readonly #open: Level[] = []
  /** Whether the next text is the name of a member. */
  #isName = false

  mark(mark: number): void {
    if (mark === openList || mark === openObject) this.#enter(mark === openObject)
    else if (mark === closeList || mark === closeObject) this.#leave()
    else if (mark === comma) this.#isName = this.#open.at(-1)?.isObject === true
  }

  #enter(isObject: boolean): void {
    this.#open.push({ isObject })
    this.#isName = isObject
    if (this.#open.length > mostLevels) throw new JsonRefused(`has more than ${mostLevels} levels`)
  }

  #leave(): void {
    this.#open.pop()
    this.#isName = false
  }

  /** A text is a name or a value; of both, only a name stands alone in its level. */
  text(raw: string): void {
    const level = this.#open.at(-1)
    if (!this.#isName || !level) return
    this.#isName = false
    level.names ??= new Set()
    const name = nameOf(raw)
    if (level.names.has(name)) {
      throw new JsonRefused(`has the member ${JSON.stringify(name.slice(0, longestShown))} twice`)
    }
    level.names.add(name)
    if (level.names.size > mostMembers) {
      throw new JsonRefused(`has an object of more than ${mostMembers} members`)
    }
  }
}

/** Looks at each character once. */
function assertReadable(text: string): void {
  const levels = new Levels()
  for (let at = 0; at < text.length; at += 1) {
    const mark = text.charCodeAt(at)
    if (mark === quote) {
      const end = endOfText(text, at)
      levels.text(text.slice(at + 1, end))
      at = end
    } else levels.mark(mark)
  }
}

/**
 * Parses the JSON of a stranger. Fails with a SyntaxError; with JsonRefused before anything is made of it
 * that could exhaust the stack of whoever walks through it (RFC 8259 §9), where an object has two
 * members of one name, which others may read in another way (§4), or more than anybody needs.
 */
export function parseJson(text: string): unknown {
  assertReadable(text)
  return JSON.parse(text)
}
