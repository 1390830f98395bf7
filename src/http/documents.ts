import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Problem } from '../domain/problem.ts'

/** A document that is rendered once and served until something changes it. */
export interface Document {
  readonly body: Buffer
  readonly type: string
  readonly etag: string
  /** 0: it is asked for anew each time. */
  readonly maxAgeSeconds: number
  /** What a browser is told beside. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A document of JSON. */
export function renderDocument(content: object, type: string, maxAgeSeconds: number): Document {
  return documentOf(Buffer.from(JSON.stringify(content)), type, maxAgeSeconds)
}

/** A document of these bytes: with its entity tag, and how long it may be cached (s). */
export function documentOf(body: Buffer, type: string, maxAgeSeconds: number): Document {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`
  return { body, type, etag, maxAgeSeconds }
}

/** Renders a document when it is first asked for, and once: a start does not wait for it. */
export function whenAsked(render: () => Document): () => Document {
  let rendered: Document | undefined
  return () => {
    rendered ??= render()
    return rendered
  }
}

function isKnown(request: IncomingMessage, etag: string): boolean {
  const tags = (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim())
  return tags.includes(etag) || tags.includes(`W/${etag}`) || tags.includes('*')
}

/** Documents are only read. Fails with `method.not_allowed`. */
export function assertReading(request: IncomingMessage, response: ServerResponse): void {
  if (request.method === 'GET' || request.method === 'HEAD') return
  response.setHeader('Allow', 'GET, HEAD')
  throw new Problem('method.not_allowed', { expected: 'GET, HEAD', got: request.method ?? '' })
}

/**
 * Serves a document by GET and HEAD, with a conditional answer (RFC 9110 §13.1.2). Fails with
 * `method.not_allowed`.
 */
export function serveDocument(
  request: IncomingMessage,
  response: ServerResponse,
  document: Document,
): void {
  assertReading(request, response)
  const { maxAgeSeconds } = document
  const caching = maxAgeSeconds === 0 ? 'no-cache' : `public, max-age=${maxAgeSeconds}`
  response.setHeader('Cache-Control', caching)
  response.setHeader('ETag', document.etag)
  for (const [name, value] of Object.entries(document.headers ?? {}))
    response.setHeader(name, value)
  if (isKnown(request, document.etag)) {
    response.writeHead(304).end()
    return
  }
  response.setHeader('Content-Type', document.type)
  response.setHeader('Content-Length', document.body.length)
  response.writeHead(200).end(request.method === 'HEAD' ? undefined : document.body)
}
