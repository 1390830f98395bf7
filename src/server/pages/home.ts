import type { IncomingMessage } from 'node:http'
import { asksFor } from '../../http/accept.ts'
import { basePathOf } from '../../http/base-path.ts'
import { serveDocument } from '../../http/documents.ts'
import type { Handler } from '../../http/listener.ts'
import type { HealthReport } from '../../telemetry/health.ts'
import { packageVersion } from '../version.ts'
import { html } from './html.ts'
import { renderPage } from './page.ts'

const statusWords = {
  ready: 'Tokens are issued, and changes are made.',
  degraded: 'Tokens are issued; not all else works.',
  unavailable: 'No tokens are issued.',
} as const satisfies Record<HealthReport['status'], string>

/** What a browser sees where the server is: its version, its health, and where to read on. */
function homePage(issuer: string, { status, checks }: HealthReport) {
  const base = basePathOf(issuer)
  const rows = Object.entries(checks).map(
    ([name, state]) => html`<dt>${name}</dt><dd>${state}</dd>
`,
  )
  const content = html`<main class="page small"><h1>Ostiary</h1>
<p class="soft">An OAuth 2 client-credentials authorization server for machine identities.</p>
<p><span class="state ${status}">${status}</span> ${statusWords[status]}</p>
<dl><dt>version</dt><dd>${packageVersion()}</dd>
<dt>issuer</dt><dd><code>${issuer}</code></dd>
${rows}</dl>
<nav aria-label="Links"><ul>
<li><a href="${base}/docs">The API, to read</a></li>
<li><a href="${base}/api/openapi.json">The API, for programs (OpenAPI)</a></li>
<li><a href="${base}/.well-known/openid-configuration">Metadata</a></li>
<li><a href="${base}/.well-known/jwks.json">Public keys</a></li>
</ul></nav></main>`
  return renderPage({ title: 'Ostiary', content, maxAgeSeconds: 0 })
}

/** Whether somebody at a browser asks for the page: everybody else is answered as at any path. */
export function asksForHome({ method, url = '', headers }: IncomingMessage): boolean {
  const [path] = url.split('?')
  if (path !== '/' || (method !== 'GET' && method !== 'HEAD')) return false
  return asksFor(headers.accept, 'text/html')
}

/** Answers a browser at the root of the server. */
export function homeHandler(issuer: string, report: () => HealthReport): Handler {
  return (request, response) => {
    response.setHeader('Vary', 'Accept')
    serveDocument(request, response, homePage(issuer, report()))
  }
}
