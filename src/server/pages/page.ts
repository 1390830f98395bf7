import { createHash } from 'node:crypto'
import { type Document, documentOf } from '../../http/documents.ts'
import { type Html, html } from './html.ts'
import { style } from './style.ts'

const styleHash = createHash('sha256').update(style).digest('base64')

/** Nothing is loaded, run, sent or framed: the one style is known by its digest. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const headers = {
  'Content-Security-Policy': policy,
  'Referrer-Policy': 'no-referrer',
}

/** A page of HTML, whole. */
export interface Page {
  readonly title: string
  readonly content: Html
  readonly maxAgeSeconds: number
}

/** Renders a page for people: it has no script, and takes nothing from elsewhere. */
export function renderPage({ title, content, maxAgeSeconds }: Page): Document {
  const whole = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${{ html: style }}</style>
</head>
<body>
${content}
</body>
</html>
`
  const type = 'text/html; charset=utf-8'
  return { ...documentOf(Buffer.from(whole.html), type, maxAgeSeconds), headers }
}
