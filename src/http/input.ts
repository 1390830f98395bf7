import type { IncomingMessage } from 'node:http'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { Problem } from '../domain/problem.ts'
import { BodyCutShort, BodyTooLarge, readBody } from './body.ts'

const bodyLimitBytes = 64 * 1024

const ajv = new Ajv({ allErrors: true, verbose: true, strict: false, coerceTypes: false })

function expected(error: ErrorObject): string {
  const schema: unknown = error.parentSchema
  const text: unknown =
    typeof schema === 'object' && schema !== null && 'expected' in schema ? schema.expected : ''
  return typeof text === 'string' ? `expected ${text}` : (error.message ?? 'is not valid')
}

function describe(error: ErrorObject): string {
  const at = error.instancePath.slice(1).split('/').join('.')
  const inside = (name: unknown) => [at, String(name)].filter((part) => part !== '').join('.')
  if (error.keyword === 'required') return `${inside(error.params['missingProperty'])}: is missing`
  if (error.keyword === 'additionalProperties') {
    return `${inside(error.params['additionalProperty']).slice(0, 100)}: is not known here`
  }
  return `${at || 'body'}: ${expected(error)}`
}

function fieldOf(error: ErrorObject): string {
  const { missingProperty, additionalProperty } = error.params
  const name: unknown = missingProperty ?? additionalProperty
  const at = error.instancePath.slice(1).split('/').join('.')
  return [at, name === undefined ? '' : String(name)].filter((part) => part !== '').join('.')
}

/** Compiles one schema once. The function that comes back narrows a value or names every fault. */
export function reader<T>(schema: object): (value: unknown) => T {
  const validate: ValidateFunction<T> = ajv.compile<T>(schema)
  return (value) => {
    if (validate(value)) return value
    const errors = validate.errors ?? []
    const said = [...new Set(errors.map(describe))].slice(0, 20).join('; ')
    const [first] = errors
    throw new Problem('request.invalid', { said, field: first ? fieldOf(first) : '' })
  }
}

function assertJson(headers: IncomingMessage['headers']): void {
  const coding = headers['content-encoding']
  if (coding !== undefined && coding.toLowerCase() !== 'identity') {
    throw new Problem('media.unsupported', { said: 'Content-Encoding: expected none' })
  }
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';')
  const charset = parameters.map((part) => part.trim()).find((part) => part.startsWith('charset='))
  const isUtf8 = charset === undefined || /^charset="?utf-8"?$/.test(charset)
  if (!/^application\/(json|[\w.-]+\+json)$/.test(type.trim()) || !isUtf8) {
    const said = 'Content-Type: expected application/json in UTF-8'
    throw new Problem('media.unsupported', { said })
  }
}

/** Reads a JSON body; none at all counts as `{}`, so that the answer names what is missing. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await readBounded(request)
  if (body.length === 0) return {}
  assertJson(request.headers)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (cause) {
    throw new Problem('request.malformed', { said: 'body: is not valid JSON in UTF-8' }, cause)
  }
}

async function readBounded(request: IncomingMessage): Promise<Buffer> {
  try {
    return await readBody(request, bodyLimitBytes)
  } catch (error) {
    if (error instanceof BodyCutShort) {
      throw new Problem('request.malformed', { said: 'body: was cut short' }, error)
    }
    if (!(error instanceof BodyTooLarge)) throw error
    throw new Problem('request.too_large', { limitBytes: bodyLimitBytes })
  }
}
