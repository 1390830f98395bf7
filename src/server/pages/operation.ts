import { onEveryAnswer } from '../../http/headers.ts'
import { contentOf, itemsOf, membersOf, type Operation, textOf } from './described.ts'
import { type Html, html, prose } from './html.ts'
import { notes, rowsTable, schemaShown, typeWords } from './schema.ts'

const schemeWords: Readonly<Record<string, string>> = {
  bearer: 'an access token (`Authorization: Bearer`)',
  clientKey: 'a client key (`Client-key`)',
  basic: 'client id and secret (HTTP Basic)',
}

/** The ways in, in words; what one of them has beyond another may be left out. */
function waysIn(ways: readonly (readonly string[])[]): string {
  const [first = [], second = []] = ways
  const said = (needs: readonly string[]) => needs.map((scheme) => schemeWords[scheme] ?? scheme)
  if (ways.length === 0) return 'Open to everybody.'
  const isWider = ways.length === 2 && first.every((scheme) => second.includes(scheme))
  const beside = said(second.filter((scheme) => !first.includes(scheme))).join(' and ')
  const least = first.length === 0 ? 'Open to everybody' : `Takes ${said(first).join(' and ')}`
  if (isWider) return `${least}; ${beside} may come beside.`
  return `Takes ${ways.map((way) => said(way).join(' and ') || 'an assertion in the body').join(', or ')}.`
}

/** Who is let in. */
function letIn({ content }: Operation): Html {
  const ways = itemsOf(content['security']).map((way) => Object.keys(membersOf(way)))
  return html`<p>${prose(waysIn(ways))} ${prose(textOf(content['description']))}</p>`
}

function parameters({ content }: Operation): Html {
  const rows = itemsOf(content['parameters']).map((one) => {
    const { name, in: place, required, description, schema } = membersOf(one)
    const said = textOf(description) || textOf(membersOf(schema)['description'])
    const note = [textOf(place), ...(required === true ? ['required'] : [])].join(', ')
    return { name: textOf(name), type: typeWords(schema), note, says: said }
  })
  return rows.length === 0 ? html`` : html`<h3>Parameters</h3>${rowsTable(rows)}`
}

function body({ content }: Operation): Html {
  const { requestBody } = content
  if (requestBody === undefined) return html``
  const { type, schema } = contentOf(requestBody)
  const { description } = membersOf(requestBody)
  const bound = textOf(description)
  return html`<h3>Body</h3><p class="soft"><code>${type}</code>${bound ? `, ${bound}` : ''}</p>
${schemaShown(schema, notes.sent)}`
}

/** A line of a list in a description is one error: its code, and what it means. */
const errorLines = (description: string) => description.match(/^\* .+$/gm) ?? []

function headersShown(headers: unknown): Html {
  const names = Object.keys(membersOf(headers)).filter((name) => !(name in onEveryAnswer))
  if (names.length === 0) return html``
  return html`<p class="soft">Headers: ${names.map((name, at) => html`${at === 0 ? '' : ', '}<code>${name}</code>`)}</p>`
}

function answer([status, content]: readonly [string, unknown]): Html {
  const { description, headers } = membersOf(content)
  const { schema } = contentOf(content)
  const shown = schema === undefined ? html`` : schemaShown(schema, notes.answered)
  return html`<h3>${status} ${textOf(description)}</h3>${headersShown(headers)}${shown}`
}

const isError = ([status]: readonly [string, unknown]) => Number(status) >= 400

function errors(
  answers: readonly (readonly [string, unknown])[],
  everywhere: ReadonlySet<string>,
): Html {
  const items = answers.filter(isError).flatMap(([status, content]) => {
    const description = textOf(membersOf(content)['description'])
    const listed = errorLines(description).map((line) => line.slice(2))
    const lines = listed.length > 0 ? listed : [description]
    const own = lines.filter((line) => !everywhere.has(/^`([^`]+)`/.exec(line)?.[1] ?? ''))
    return own.map((line) => html`<li><strong>${status}</strong> ${prose(line)}</li>`)
  })
  return items.length === 0 ? html`` : html`<h3>Errors</h3><ul class="errors">${items}</ul>`
}

/** One operation, closed until a reader opens it; errors that any call may have are told elsewhere. */
export function operationShown(operation: Operation, everywhere: ReadonlySet<string>): Html {
  const { method, path, id, content } = operation
  const answers = Object.entries(membersOf(content['responses']))
  return html`<details class="operation" id="${id}">
<summary><span class="method ${method.toLowerCase()}">${method}</span><span class="path">${path}</span>
<span class="says">${textOf(content['summary'])}</span></summary>
<div class="inside">
${letIn(operation)}
${parameters(operation)}
${body(operation)}
${answers.filter((one) => !isError(one)).map(answer)}
${errors(answers, everywhere)}
</div>
</details>
`
}
