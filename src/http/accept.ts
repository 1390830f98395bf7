/** A range of media types, and how much it is wanted: from 0, not at all, to 1 (RFC 9110 §12.5.1). */
interface Range {
  readonly type: string
  readonly quality: number
}

const qvalue = /^q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i

/** What stands between separators that are in no quoted text, without the blanks around it. */
function partsOf(text: string, separator: ',' | ';'): readonly string[] {
  const parts: string[] = []
  let [start, isQuoted] = [0, false]
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]
    if (letter === '"') isQuoted = !isQuoted
    else if (isQuoted && letter === '\\') at += 1
    else if (!isQuoted && letter === separator) {
      parts.push(text.slice(start, at).trim())
      start = at + 1
    }
  }
  return [...parts, text.slice(start).trim()]
}

/** What else a range says of a type, such as its charset, every answer of ours is. */
function rangeOf(element: string): Range {
  const [type = '', ...parameters] = partsOf(element, ';')
  const given = parameters.flatMap((one) => qvalue.exec(one)?.[1] ?? [])
  return { type: type.toLowerCase(), quality: Number(given[0] ?? 1) }
}

function readAccept(header: string): readonly Range[] {
  return partsOf(header, ',').map(rangeOf)
}

/** How a type is named in ranges, in full first. */
function namesOf(type: string): readonly string[] {
  return [type, `${type.slice(0, type.indexOf('/'))}/*`, '*/*']
}

/** The range that counts for a type, the one that names it best; undefined where none does. */
function rangeFor(ranges: readonly Range[], type: string) {
  for (const [breadth, name] of namesOf(type).entries()) {
    const found = ranges.findIndex((range) => range.type === name)
    const range = ranges[found]
    if (range) return { type, quality: range.quality, breadth, place: found }
  }
  return undefined
}

/** Whether a header asks for a type by its full name. */
export function asksFor(header: string | undefined, type: string): boolean {
  return readAccept(header ?? '').some((range) => range.type === type && range.quality > 0)
}

/** Which of some types a header asks for most; undefined when for none, or when there is no header. */
export function preferred(
  header: string | undefined,
  types: readonly string[],
): string | undefined {
  const ranges = readAccept(header ?? '')
  const wanted = types.flatMap((type) => rangeFor(ranges, type) ?? [])
  const [first] = wanted
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality || a.breadth - b.breadth || a.place - b.place)
  return first?.type
}
