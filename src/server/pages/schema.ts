import { itemsOf, membersOf, textOf } from './described.ts'
import { type Html, html, prose } from './html.ts'

const deepest = 5

/** The type of a member in a few words. */
export function typeWords(schema: unknown): string {
  const { type, format, items, anyOf, enum: values, const: only, $ref } = membersOf(schema)
  if (textOf($ref) !== '') return textOf($ref).split('/').at(-1) ?? ''
  if (only !== undefined) return JSON.stringify(only)
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ')
  if (Array.isArray(anyOf)) return [...new Set(anyOf.map(typeWords))].join(' or ')
  if (Array.isArray(type)) return type.map(String).join(' or ')
  if (type === 'array') return `array of ${typeWords(items)}`
  return format === 'date-time' ? 'time' : textOf(type) || 'anything'
}

/** A member of a body, or a parameter, as a row of a table. */
export interface Row {
  readonly name: string
  readonly type: string
  /** What is said beside its name. */
  readonly note: string
  readonly says: string
}

/** What lies within a member: those of an object, or of the objects of an array. */
function within(schema: unknown): { readonly schema: unknown; readonly mark: string } {
  const { type, items } = membersOf(schema)
  return type === 'array' ? { schema: items, mark: '[]' } : { schema, mark: '' }
}

/** What is said of members that must be there, and of all others: of what is sent, and of answers. */
export const notes = {
  sent: { needed: 'required', other: '' },
  answered: { needed: '', other: 'not always' },
} as const
type Notes = (typeof notes)[keyof typeof notes]

interface Reading {
  readonly notes: Notes
  readonly before?: string
  readonly depth?: number
}

/** The members of an object, each followed by those within it, named by their path. */
function rowsOf(schema: unknown, { notes, before = '', depth = 0 }: Reading): readonly Row[] {
  const { properties, required } = membersOf(schema)
  if (depth === deepest) return []
  return Object.entries(membersOf(properties)).flatMap(([name, member]) => {
    const { description } = membersOf(member)
    const note = itemsOf(required).includes(name) ? notes.needed : notes.other
    const row = { name: before + name, type: typeWords(member), note, says: textOf(description) }
    const inner = within(member)
    const below = { notes, before: `${before}${name}${inner.mark}.`, depth: depth + 1 }
    return [row, ...rowsOf(inner.schema, below)]
  })
}

/** A table of members or parameters; nothing when there are none. */
export function rowsTable(rows: readonly Row[]): Html {
  if (rows.length === 0) return html``
  const lines = rows.map(
    ({ name, type, note, says }) => html`<tr>
<th scope="row"><code>${name}</code>${note === '' ? '' : html` <span class="needed">${note}</span>`}</th>
<td><code>${type}</code></td>
<td>${prose(says)}</td>
</tr>`,
  )
  return html`<div class="table"><table>
<thead><tr><th scope="col">name</th><th scope="col">type</th><th scope="col">meaning</th></tr></thead>
<tbody>${lines}</tbody>
</table></div>`
}

/** A schema as a reader sees it: what it is, and its members. */
export function schemaShown(schema: unknown, said: Notes): Html {
  const { schema: inner, mark } = within(schema)
  const rows = rowsOf(inner, { notes: said })
  if (rows.length === 0) return html`<p><code>${typeWords(schema)}</code></p>`
  const what = mark === '' ? html`` : html`<p>An array; of each item:</p>`
  return html`${what}${rowsTable(rows)}`
}
