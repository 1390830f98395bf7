/**
 * The value that a file holds: without the mark that some editors put before a text (BOM), and
 * without the line breaks that nearly all of them put at its end.
 */
export function valueIn(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/[\r\n]+$/, '')
}
