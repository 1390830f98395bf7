/** The headers of answers that callers may rely on, and what each of them tells. */
const answerHeaders = {
  Allow: 'the methods that the path has',
  'Cache-Control': 'who may keep the answer, and for how long',
  ETag: 'the version, for If-Match, with what is shown besides, for If-None-Match; of a list a weak one, of what is shown of it',
  Link: 'the neighbours of this page (RFC 8288)',
  'Retry-After': 'after how many seconds to try again',
  'WWW-Authenticate': 'how to log in (RFC 9110 §11.6.1)',
  'X-Request-Id': 'the name of the request in the log and in the audit log',
  'X-Total-Count': 'how many items there are on all pages',
} as const

/** Which of these headers an answer has. */
export type HeaderFacts = {
  readonly [H in keyof typeof answerHeaders]?: 'always' | 'sometimes'
}

/** What every answer has. */
export const onEveryAnswer: HeaderFacts = { 'Cache-Control': 'always', 'X-Request-Id': 'always' }

/** What a failure of this status has. */
export function headersOfFailure(status: number | string): HeaderFacts {
  const more: Readonly<Record<string, HeaderFacts>> = {
    401: { 'WWW-Authenticate': 'always' },
    403: { 'WWW-Authenticate': 'sometimes' },
    405: { Allow: 'always' },
    429: { 'Retry-After': 'always' },
    503: { 'Retry-After': 'sometimes' },
  }
  return { ...onEveryAnswer, ...more[status] }
}

/** The headers of an answer, as OpenAPI describes them. */
export function describeHeaders(facts: HeaderFacts): { readonly headers: object } {
  const entries = Object.entries(answerHeaders).flatMap(([name, description]) => {
    const when = new Map(Object.entries(facts)).get(name)
    const header = { description, required: when === 'always', schema: { type: 'string' } }
    return when === undefined ? [] : [[name, header] as const]
  })
  return { headers: Object.fromEntries(entries) }
}
