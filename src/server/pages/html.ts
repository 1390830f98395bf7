/** A piece of a page, in which everything that was put in is escaped. */
export interface Html {
  readonly html: string
}

type Piece = Html | string | number | undefined
type Value = Piece | readonly Piece[]

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function pieceOf(piece: Piece): string {
  if (piece === undefined) return ''
  if (typeof piece === 'object') return piece.html
  return String(piece).replace(/[&<>"']/g, (character) => escapes[character] ?? '')
}

function isList(value: Value): value is readonly Piece[] {
  return Array.isArray(value)
}

/** Writes a piece of a page: what stands in braces is text, unless it is a piece itself. */
export function html(texts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const put = values.map((value) => (isList(value) ? value.map(pieceOf).join('') : pieceOf(value)))
  return { html: texts.map((text, at) => `${text}${put[at] ?? ''}`).join('') }
}

/** A text whose words in backticks are code. */
export function prose(text: string): Html {
  const parts = text.split('`')
  return html`${parts.map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part))}`
}
