import { Ajv } from 'ajv'

// Schemas of our own are not looked at for faults at each start.
const ajv = new Ajv({ strict: false, meta: false, validateSchema: false })

/** Whether a value has a shape: Ajv compiles its schema at the first one, and then knows it again. */
export function fits<T>({ schema }: { readonly schema: object }, value: unknown): value is T {
  return ajv.compile<T>(schema)(value)
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
