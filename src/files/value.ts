/**
 * The value that a file holds: without the mark that some editors put before a text (BOM), and
 * without the line breaks that nearly all of them put at its end.
 */
export function valueIn(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/[\r\n]+$/, '')
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const lineBreak = 0x0a

/** The first line that is not in UTF-8: read leniently and written again, it is not what it was. */
function wrongLine(bytes: Uint8Array): number {
  const again = Buffer.from(Buffer.from(bytes).toString('utf8'))
  const at = again.findIndex((byte, index) => byte !== bytes[index])
  return bytes.subarray(0, at).filter((byte) => byte === lineBreak).length + 1
}

/**
 * The text of the bytes of a file. Fails when they are no UTF-8, and names the file and the line:
 * nothing is put in the place of what is wrong.
 */
export function textIn(bytes: Uint8Array, name: string): string {
  try {
    return utf8.decode(bytes)
  } catch {
    const line = wrongLine(bytes)
    throw new Error(`${name} is not in UTF-8: see line ${line}, and save it as text in UTF-8`)
  }
}
