/**
 * The value that a file holds: without the mark that some editors put before a text (BOM), and
 * without the line breaks that nearly all of them put at its end.
 */
export function valueIn(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/[\r\n]+$/, '')
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of these bytes. Fails when they are no UTF-8: nothing is put in the place of what is wrong. */
export function textIn(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new Error('it is not in UTF-8')
  }
}
