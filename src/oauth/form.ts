import type { IncomingMessage } from 'node:http'
import { scheme as wrapping } from './audiences.ts'
import { Refusal } from './refusals.ts'

/** Bytes of a request that is still read. */
export const bodyLimitBytes = 48 * 1024
const parameterLimit = 50
const scopeLimit = 4096

/** The parameters of a request, in the order of their names' first appearance. */
export type Form = ReadonlyMap<string, readonly string[]>

const mediaType = 'application/x-www-form-urlencoded'

/** RFC 6749 §3.2: a form in UTF-8, as it is: no other charset, no content coding. */
export function checkMediaType(headers: IncomingMessage['headers'], hasBody: boolean): void {
  const coding = headers['content-encoding']
  if (coding !== undefined && coding.toLowerCase() !== 'identity') {
    throw new Refusal('coding_unknown')
  }
  const given = headers['content-type']
  if (given === undefined && !hasBody) return
  const [type = '', ...parameters] = (given ?? '').toLowerCase().split(';')
  const charset = parameters.map((part) => part.trim()).find((part) => part.startsWith('charset='))
  const isUtf8 = charset === undefined || /^charset="?utf-8"?$/.test(charset)
  if (type.trim() !== mediaType || !isUtf8) throw new Refusal('media_unknown', mediaType)
}

/** Reads the form; a parameter may be there once (RFC 6749 §3.2), but for `resource` (RFC 8707 §2). */
export function readForm(body: string): Form {
  const form = new Map<string, string[]>()
  let count = 0
  // The leading separator: a question mark in front would be taken away, and the core keeps it.
  for (const [name, value] of new URLSearchParams(`&${body}`)) {
    count += 1
    if (count > parameterLimit) throw new Refusal('parameters_too_many', parameterLimit)
    const former = form.get(name)
    if (former && name !== 'resource') throw new Refusal('parameter_twice', shown(name))
    form.set(name, former ? [...former, value] : [value])
  }
  return form
}

function shown(name: string): string {
  return /^[\w.-]{1,64}$/.test(name) ? name : 'a parameter'
}

/** The value of a parameter; one that is empty counts as absent (RFC 6749 §3.2). */
export function one(form: Form, name: string): string | undefined {
  return form.get(name)?.[0] || undefined
}

/** Bounds what a form asks for. Our own wrapping of audiences is not for others to use. */
export function checkWishes(form: Form): void {
  if (form.get('resource')?.some((resource) => resource.startsWith(wrapping))) {
    throw new Refusal('audience_not_allowed')
  }
  if ((one(form, 'scope')?.length ?? 0) > scopeLimit) {
    throw new Refusal('scope_too_long', scopeLimit)
  }
}
