import { problems } from '../../domain/problem-meanings.ts'
import { basePathOf } from '../../http/base-path.ts'
import type { Document } from '../../http/documents.ts'
import { anywhere } from '../../http/openapi.ts'
import { aliasesIn, membersOf, type Operation, operationsOf, textOf } from './described.ts'
import { type Html, html, prose } from './html.ts'
import { operationShown } from './operation.ts'
import { renderPage } from './page.ts'
import { notes, schemaShown } from './schema.ts'

/** Where the first words of a path are not what its operations are about. */
const headings: Readonly<Record<string, string>> = {
  'm2m oauth': 'Tokens',
  tokeninfo: 'Tokens',
  'service-accounts': 'Service accounts of root',
  'v1 projects': 'Projects of Kubermatic',
  '.well-known': 'Metadata and keys',
  'openid v1': 'Metadata and keys',
  'openapi.json': 'This description',
  docs: 'This description',
  '-': 'Health',
  '': 'Home',
}

/** Words of a path that are a part of what stands before them. */
const parts: readonly string[] = ['credentials', 'rotate', 'revoke-tokens', 'members', 'state']

const owners: Readonly<Record<string, string>> = { companies: 'company', projects: 'project' }

const words = (segment: string) => segment.replaceAll('-', ' ')
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** What an operation is about, in words: made of its path, so that every path has a heading. */
function headingOf({ path }: Operation): string {
  const all = path.split('/').filter((segment) => segment !== '' && !segment.startsWith('{'))
  const segments = all[0] === 'api' ? all.slice(1) : all
  const [first = '', second = ''] = segments
  const named = headings[`${first} ${second}`] ?? headings[first]
  if (named !== undefined) return named
  const owner = owners[first]
  if (owner === undefined || second === '' || parts.includes(second)) return capital(words(first))
  return `${capital(words(second))} of a ${owner}`
}

/** Operations of one path stay in their order, and those below it come after it. */
function byPath(one: Operation, other: Operation): number {
  if (one.path === other.path) return 0
  return one.path < other.path ? -1 : 1
}

interface Group {
  readonly heading: string
  readonly id: string
  readonly operations: readonly Operation[]
}

function groupsOf(operations: readonly Operation[]): readonly Group[] {
  return [...Map.groupBy(operations, headingOf)].map(([heading, some]) => ({
    heading,
    id: `about-${heading.toLowerCase().replaceAll(' ', '-')}`,
    operations: some.toSorted(byPath),
  }))
}

function contents(groups: readonly Group[]): Html {
  const items = groups.map(
    ({ heading, id, operations }) =>
      html`<li><a href="#${id}">${heading} <span class="count">${operations.length}</span></a></li>
`,
  )
  // The list stands beside what opens it: where there is room, the style shows it always.
  return html`<nav aria-label="Contents"><details><summary>Contents</summary></details><ul>
${items}<li><a href="#about-aliases">Other paths</a></li>
<li><a href="#about-errors">Errors of any call</a></li>
</ul></nav>`
}

function otherPaths(document: unknown): Html {
  const items = aliasesIn(document).map(
    ({ given, meant }) => html`<li><code>${given}</code>: <code>${meant}</code></li>`,
  )
  return html`<section><h2 id="about-aliases">Other paths</h2>
<p>Each stands for the one behind it, with all that can be done there.</p>
<ul class="errors">${items}</ul></section>`
}

function errorsOfAnyCall(document: unknown): Html {
  const { schemas } = membersOf(membersOf(document)['components'])
  const items = anywhere.map(
    (code) => html`<li><code>${code}</code>: ${prose(problems[code].meaning)}</li>`,
  )
  return html`<section><h2 id="about-errors">Errors of any call</h2>
<p>The body of every error, but for those of the token endpoints:</p>
${schemaShown(membersOf(schemas)['Error'], notes.answered)}
<h3>Codes</h3><ul class="errors">${items}</ul></section>`
}

function heading(document: unknown, issuer: string): Html {
  const { title, summary, version } = membersOf(membersOf(document)['info'])
  return html`<header><h1>${textOf(title)} API</h1>
<p class="soft">${textOf(summary)}. Version ${textOf(version)}, at <code>${issuer}</code>. For programs: <a href="${basePathOf(issuer)}/api/openapi.json">OpenAPI 3.1</a>.</p></header>`
}

/** A description of an API (OpenAPI 3.1) as one page, by what its operations are about. */
export function referencePage(document: unknown, issuer: string, maxAgeSeconds: number): Document {
  const groups = groupsOf(operationsOf(document))
  const everywhere: ReadonlySet<string> = new Set(anywhere)
  const sections = groups.map(
    ({ heading: about, id, operations }) => html`<section><h2 id="${id}">${about}</h2>
${operations.map((operation) => operationShown(operation, everywhere))}</section>
`,
  )
  const content = html`<div class="page">${heading(document, issuer)}
<div class="beside">${contents(groups)}
<main>${sections}
${otherPaths(document)}
${errorsOfAnyCall(document)}</main></div></div>`
  return renderPage({ title: 'Ostiary API', content, maxAgeSeconds })
}
