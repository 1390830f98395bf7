/** A media type with its charset, both in lower case; no charset is what RFC 9110 §8.3 leaves out. */
export interface MediaType {
  readonly type: string
  readonly charset: string | undefined
}

const quoted = /^"(.*)"$/

/** Reads a Content-Type header; of its parameters nothing but the charset counts. */
export function readMediaType(header: string | undefined): MediaType {
  const [type = '', ...parameters] = (header ?? '').toLowerCase().split(';')
  const given = parameters.map((part) => part.trim()).find((part) => part.startsWith('charset='))
  const charset = given?.slice('charset='.length).replace(quoted, '$1')
  return { type: type.trim(), charset }
}

const utf8: ReadonlySet<string> = new Set(['utf-8', 'utf8'])
/** Charsets in which ASCII is ASCII: what clients name that never look at what they send. */
const likeAscii: ReadonlySet<string> = new Set([
  'us-ascii',
  'ascii',
  'iso-8859-1',
  'latin1',
  'iso-8859-15',
  'windows-1252',
])

const isAscii = (body: Buffer) => body.every((byte) => byte < 0x80)

/** Whether a body of this charset reads the same in UTF-8. */
export function readsAsUtf8(charset: string | undefined, body: Buffer): boolean {
  if (charset === undefined || utf8.has(charset)) return true
  return likeAscii.has(charset) && isAscii(body)
}
