import { STATUS_CODES } from 'node:http'
import type { TObject } from 'typebox'
import { grantsOf } from '../domain/access/actions.ts'
import type { ProblemCode } from '../domain/problem.ts'
import { problems } from '../domain/problem-meanings.ts'
import { describeHeaders, headersOfFailure, onEveryAnswer } from './headers.ts'
import { bodyRules } from './input.ts'
import type { Words } from './problems.ts'
import type { Facts, LetIn, Shapes } from './route.ts'

/** A part of an OpenAPI 3.1 document. */
export type Part = Readonly<Record<string, unknown>>

/** Operations by path and method. */
export type Paths = Readonly<Record<string, Part>>

/** What a description needs to know of a route. */
export interface Described extends Facts, Shapes {
  readonly letIn: LetIn
}

/** How a dialect says what went wrong. */
export interface Failing {
  readonly words: Words
  /** The schema of its error body, as a reference. */
  readonly body: Part
}

/** What a schema expects, in the words of its refusals, is how a reader learns of it. */
function described(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const { expected, ...rest }: Record<string, unknown> = { ...value }
  return typeof expected === 'string' ? { description: expected, ...rest } : value
}

/** A schema of ours as JSON Schema has it. */
export function plainSchema(schema: object): Part {
  return JSON.parse(JSON.stringify(schema, described))
}

/** A reference to a schema that the document names. */
export function schemaRef(name: string): Part {
  return { $ref: `#/components/schemas/${name}` }
}

/** The content of a body of JSON. */
export function jsonContent(schema: Part, type = 'application/json'): Part {
  return { [type]: { schema } }
}

/** The replies to these problems: one a status, which tells its codes and what they mean. */
export function failures(codes: readonly ProblemCode[], { words, body }: Failing): Part {
  const byStatus = Map.groupBy(new Set(codes), (code) => words[code][0])
  const replies = [...byStatus].map(([status, some]) => {
    const meanings = some.map((code) => `* \`${code}\`: ${problems[code].meaning}`)
    const description = meanings.join('\n')
    const headers = describeHeaders(headersOfFailure(status))
    return [status, { description, ...headers, content: jsonContent(body) }] as const
  })
  return Object.fromEntries(replies)
}

/** What any request may fail with. */
export const anywhere = [
  'request.malformed',
  'host.misdirected',
  'server.failed',
  'store.unavailable',
  'store.damaged',
] as const satisfies readonly ProblemCode[]

function codesOf(route: Described): readonly ProblemCode[] {
  return [
    ...anywhere,
    ...(route.letIn === 'anybody' ? [] : (['actor.unauthenticated'] as const)),
    'client_key.refused',
    ...(route.action === 'none' ? [] : (['actor.forbidden'] as const)),
    ...(route.query || route.body ? (['request.invalid'] as const) : []),
    ...(route.body ? (['request.too_large', 'media.unsupported'] as const) : []),
    ...(route.method === 'GET' ? [] : (['grant.exceeds_own', 'store.full'] as const)),
    ...(route.isConditional ? (['record.conflict', 'version.stale'] as const) : []),
    ...(isTagged(route) ? (['version.stale'] as const) : []),
    ...(route.problems ?? []),
  ]
}

/** One that has a default need not be given. */
function parametersOf(place: 'path' | 'query', schema: TObject | undefined): readonly Part[] {
  return Object.entries(schema?.properties ?? {}).map(([name, property]) => {
    const { description, ...rest } = plainSchema(property)
    const isNeeded = schema?.required?.includes(name) === true && rest['default'] === undefined
    return {
      name,
      in: place,
      required: isNeeded,
      ...(description !== undefined && { description }),
      schema: rest,
    }
  })
}

const ifMatch: Part = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'the ETag that was seen: a change to a newer version is refused',
  schema: { type: 'string' },
}

/** Whether a reading may be answered by nothing but that it is known. */
const isTagged = ({ method, headers }: Described) => method === 'GET' && headers?.ETag !== undefined

function successes(route: Described): Part {
  const { replies, headers, streams = [] } = route
  const texts = streams.map((type) => [type, { schema: { type: 'string' } }] as const)
  const entries = Object.entries(replies).map(([status, schema]) => {
    const description = STATUS_CODES[status] ?? 'Success'
    const content = schema && {
      content: { ...jsonContent(plainSchema(schema)), ...Object.fromEntries(texts) },
    }
    const sent = describeHeaders({ ...onEveryAnswer, ...headers })
    return [status, { description, ...sent, ...content }] as const
  })
  const sent = describeHeaders({ ...onEveryAnswer, ...headers })
  const known = { 304: { description: 'it is as If-None-Match has it', ...sent } }
  return { ...Object.fromEntries(entries), ...(isTagged(route) && known) }
}

function requestBody({ body, accepts }: Described): Part {
  if (!body) return {}
  const { limitBytes, types } = bodyRules(accepts)
  const description = `at most ${limitBytes} bytes`
  const content = jsonContent(plainSchema(body), types[0])
  return { requestBody: { required: true, description, content } }
}

/** A key of an application that is optional is one way of two. */
function security({ clientKey, letIn }: Described): readonly Part[] {
  if (letIn === 'anybody') return [{}, { clientKey: [] }]
  const both = { bearer: [], clientKey: [] }
  return clientKey === 'required' ? [both] : [{ bearer: [] }, both]
}

const levels = ['environment', 'project', 'company', 'root'] as const

/** What grants a call, from the nearest level up; nothing where everybody is answered what is theirs. */
function needs({ action, at, leave, orOnParts }: Described): Part {
  if (action === 'none' || leave === 'anybody') return {}
  const grants = [action, ...(orOnParts ? [orOnParts] : [])].map(grantsOf)
  const asked = at === undefined ? (['root'] as const) : levels
  const names = [...new Set(asked.flatMap((level) => grants.flatMap((by) => by[level] ?? [])))]
  const listed = names.map((name) => `\`${name}\``).join(', ')
  const one = names.length === 1 ? 'the permission' : 'one of the permissions'
  return names.length === 0 ? {} : { description: `Needs ${one} ${listed}.` }
}

function operation(route: Described, failing: Failing): Part {
  const { name, summary } = route
  return {
    operationId: name,
    summary,
    ...needs(route),
    security: security(route),
    parameters: [
      ...parametersOf('path', route.params),
      ...parametersOf('query', route.query),
      ...(route.isConditional ? [ifMatch] : []),
    ],
    ...requestBody(route),
    responses: { ...successes(route), ...failures(codesOf(route), failing) },
  }
}

/** The operations of declared routes, and how they fail in their dialect. */
export function describeRoutes(routes: readonly Described[], failing: Failing): Paths {
  const byPath = Map.groupBy(routes, ({ path }) => path.replaceAll(/:(\w+)/g, '{$1}'))
  const entries = [...byPath].map(([path, some]) => {
    const operations = some.map(
      (route) => [route.method.toLowerCase(), operation(route, failing)] as const,
    )
    return [path, Object.fromEntries(operations)] as const
  })
  return Object.fromEntries(entries)
}
