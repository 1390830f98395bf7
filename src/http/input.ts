import type { IncomingMessage } from 'node:http'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { JsonRefused, parseJson } from '../domain/json.ts'
import { Problem } from '../domain/problem.ts'
import { meant } from '../words/nearest.ts'
import { BodyCutShort, BodyTooLarge, readBody } from './body.ts'
import { readMediaType, readsAsUtf8 } from './media-type.ts'

/** What bodies a route reads. */
export interface BodyRules {
  readonly limitBytes?: number
  /** In lower case; one star stands for any name. The first is the one to be sent. */
  readonly types?: readonly [string, ...string[]]
  /** What is said to a request without a body; absent: it is read as an object without members. */
  readonly ifNone?: string
}

const usual = {
  limitBytes: 64 * 1024,
  types: ['application/json', 'application/*+json'],
} as const satisfies BodyRules

/** The rules of a body where a route says nothing else: 64 KiB of JSON. */
export function bodyRules(given: BodyRules = {}): Omit<Required<BodyRules>, 'ifNone'> {
  return { ...usual, ...given }
}

const rules = {
  verbose: true,
  strict: false,
  coerceTypes: false,
  // Schemas of our own are not looked at for faults at each start.
  meta: false,
  validateSchema: false,
} as const
const untilFirstFault = new Ajv(rules)
const untilEnd = new Ajv({ ...rules, allErrors: true })

/** All faults are told of what has so many values at most: a stranger may send a million that are wrong. */
const mostValues = 1000

function valuesIn(value: unknown, most: number): number {
  if (typeof value !== 'object' || value === null) return 1
  let count = 1
  for (const name in value) {
    if (count > most) break
    count += valuesIn(Reflect.get(value, name), most - count)
  }
  return count
}

function memberOf(schema: unknown, name: string): unknown {
  return typeof schema === 'object' && schema !== null ? Reflect.get(schema, name) : undefined
}

function expected(error: ErrorObject): string {
  const text = memberOf(error.parentSchema, 'expected')
  return typeof text === 'string' ? `expected ${text}` : (error.message ?? 'is not valid')
}

const placeOf = ({ instancePath }: ErrorObject) => instancePath.slice(1).split('/').join('.')
const inside = (at: string, name: string) => (at === '' ? name : `${at}.${name}`)

function unknownMember(error: ErrorObject): string {
  const name = String(error.params['additionalProperty'])
  const known = Object.keys({ ...Object(memberOf(error.parentSchema, 'properties')) })
  const place = inside(placeOf(error), name).slice(0, 100)
  return `${place}: is not known here${meant(name, known)}`
}

/** Which members of a body need not be there. */
function isOptional(schema: object, name: string): boolean {
  const [properties, required] = [memberOf(schema, 'properties'), memberOf(schema, 'required')]
  const isRequired = Array.isArray(required) && required.includes(name)
  return memberOf(properties, name) !== undefined && !isRequired
}

function describe(error: ErrorObject, schema: object): string {
  const at = placeOf(error)
  if (error.keyword === 'required') {
    return `${inside(at, String(error.params['missingProperty']))}: is missing`
  }
  if (error.keyword === 'additionalProperties') return unknownMember(error)
  const isToGo = error.data === null && isOptional(schema, at)
  return `${at || 'body'}: ${isToGo ? 'is null; leave it out, or: ' : ''}${expected(error)}`
}

function fieldOf(error: ErrorObject): string {
  const { missingProperty, additionalProperty } = error.params
  const name: unknown = missingProperty ?? additionalProperty
  return name === undefined ? placeOf(error) : inside(placeOf(error), String(name))
}

const choices: readonly string[] = ['anyOf', 'oneOf']

/** What fits no branch has one fault, that of the choice: each branch has its own besides. */
function withoutBranches(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const places = errors
    .filter(({ keyword }) => choices.includes(keyword))
    .map(({ schemaPath }) => `${schemaPath}/`)
  return errors.filter(({ schemaPath }) => !places.some((place) => schemaPath.startsWith(place)))
}

function faultsIn(value: unknown, schema: object) {
  const validate = untilEnd.compile(schema)
  validate(value)
  return validate
}

/**
 * Reads by a schema: narrows a value or names its faults, of a large one the first. The schema is compiled at the first
 * value, and once: a start does not wait for those of all routes.
 */
export function reader<T>(schema: object): (value: unknown) => T {
  return (value) => {
    const validate: ValidateFunction<T> = untilFirstFault.compile<T>(schema)
    if (validate(value)) return value
    const isLarge = valuesIn(value, mostValues) > mostValues
    const errors = withoutBranches((isLarge ? validate : faultsIn(value, schema)).errors ?? [])
    const said = [...new Set(errors.map((error) => describe(error, schema)))]
      .slice(0, 20)
      .join('; ')
    const [first] = errors
    throw new Problem('request.invalid', { said, field: first ? fieldOf(first) : '' })
  }
}

function isOneOf(types: readonly string[], type: string): boolean {
  return types.some((known) => {
    const [start = '', end] = known.split('*')
    if (end === undefined) return type === known
    const name = type.slice(start.length, type.length - end.length)
    return type.startsWith(start) && type.endsWith(end) && /^[\w.-]+$/.test(name)
  })
}

function assertMedia(
  headers: IncomingMessage['headers'],
  body: Buffer,
  types: readonly string[],
): void {
  const coding = headers['content-encoding']
  if (coding !== undefined && coding.toLowerCase() !== 'identity') {
    throw new Problem('media.unsupported', { said: 'Content-Encoding: expected none' })
  }
  const { type, charset } = readMediaType(headers['content-type'])
  if (!isOneOf(types, type) || !readsAsUtf8(charset, body)) {
    const said = `Content-Type: expected ${types[0]} in UTF-8`
    throw new Problem('media.unsupported', { said })
  }
}

function withoutBody({ ifNone: said }: BodyRules = {}): object {
  if (said === undefined) return {}
  throw new Problem('request.malformed', { said })
}

/** Reads a JSON body; none at all counts as `{}`, so that the answer names what is missing. */
export async function readJson(request: IncomingMessage, given?: BodyRules): Promise<unknown> {
  const { limitBytes, types } = bodyRules(given)
  const body = await readBounded(request, limitBytes)
  if (body.length === 0) return withoutBody(given)
  assertMedia(request.headers, body, types)
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (cause) {
    const fault = cause instanceof JsonRefused ? cause.why : 'is not valid JSON in UTF-8'
    throw new Problem('request.malformed', { said: `body: ${fault}` }, cause)
  }
}

async function readBounded(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  try {
    return await readBody(request, limitBytes)
  } catch (error) {
    if (error instanceof BodyCutShort) {
      throw new Problem('request.malformed', { said: 'body: was cut short' }, error)
    }
    if (!(error instanceof BodyTooLarge)) throw error
    throw new Problem('request.too_large', { limitBytes })
  }
}
