import { createRequire } from 'node:module'
import type * as ajv from 'ajv'

let compiler: ajv.Ajv | undefined

/** Loaded when something is read first: the thread that writes to a file checks nothing. */
function schemas(): ajv.Ajv {
  if (!compiler) {
    const { Ajv }: typeof ajv = createRequire(import.meta.url)('ajv')
    // Schemas of our own are not looked at for faults, and V8 makes fast what it runs often.
    compiler = new Ajv({
      strict: false,
      meta: false,
      validateSchema: false,
      strictNumbers: true,
      code: { optimize: false },
    })
  }
  return compiler
}

/** Whether a value has a shape: Ajv compiles its schema at the first one, and then knows it again. */
export function fits<T>({ schema }: { readonly schema: object }, value: unknown): value is T {
  return schemas().compile<T>(schema)(value)
}

/** The members of an object of JSON. */
export type Members = Readonly<Record<string, unknown>>

const hasMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null

/** Parsed JSON, when it is an object. */
export function membersOf(body: unknown): Members {
  try {
    const value: unknown = JSON.parse(String(body))
    return hasMembers(value) ? value : {}
  } catch {
    return {}
  }
}

/** Times may come with a fraction, or without end, from a caller's own claims. */
export function wholeMilliseconds(time: number): number {
  return Math.min(Math.ceil(time), Number.MAX_SAFE_INTEGER)
}
