import type { IncomingMessage } from 'node:http'
import { readMediaType, readsAsUtf8 } from '../http/media-type.ts'
import { scheme as wrapping } from './audiences.ts'
import { Refusal } from './refusals.ts'

/** Bytes of a request that is still read. */
export const bodyLimitBytes = 48 * 1024
const parameterLimit = 50
const scopeLimit = 4096

/** The parameters of a request, in the order of their names' first appearance. */
export type Form = ReadonlyMap<string, readonly string[]>

/** What a form is sent as. */
export const mediaType = 'application/x-www-form-urlencoded'

/** A form that reads the same in UTF-8 (RFC 6749 §3.2), as it is: no content coding. */
export function checkMediaType(headers: IncomingMessage['headers'], body: Buffer): void {
  const coding = headers['content-encoding']
  if (coding !== undefined && coding.toLowerCase() !== 'identity') {
    throw new Refusal('coding_unknown')
  }
  const given = headers['content-type']
  if (given === undefined && body.length === 0) return
  const { type, charset } = readMediaType(given)
  if (type !== mediaType || !readsAsUtf8(charset, body)) {
    throw new Refusal('media_unknown', mediaType)
  }
}

/** A form, and the bytes of it that nothing was left out of. */
export interface ReadForm {
  readonly form: Form
  readonly body: Buffer
}

/**
 * Reads the form; a parameter may be there once (RFC 6749 §3.2), but for `resource` (RFC 8707 §2).
 * One without a value counts as left out (RFC 6749 §3.1), for the core too.
 */
export function readForm(body: Buffer): ReadForm {
  // The leading separator: a question mark in front would be taken away, and the core keeps it.
  const all = [...new URLSearchParams(`&${body.toString('utf8')}`)]
  if (all.length > parameterLimit) throw new Refusal('parameters_too_many', parameterLimit)
  const given = all.filter(([, value]) => value !== '')
  const form = new Map<string, string[]>()
  for (const [name, value] of given) {
    const former = form.get(name)
    if (former && name !== 'resource') throw new Refusal('parameter_twice', shown(name))
    form.set(name, former ? [...former, value] : [value])
  }
  if (given.length === all.length) return { form, body }
  return { form, body: Buffer.from(new URLSearchParams(given).toString()) }
}

function shown(name: string): string {
  return /^[\w.-]{1,64}$/.test(name) ? name : 'a parameter'
}

/** The value of a parameter. */
export function one(form: Form, name: string): string | undefined {
  return form.get(name)?.[0]
}

/** RFC 6749 App. A.4: tokens of visible characters with one blank between each two. */
const scopeForm = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/
const scopeExpected = 'scope: expected names with one blank between each two, and none around them'

/** Bounds what a form asks for. Our own wrapping of audiences is not for others to use. */
export function checkWishes(form: Form): void {
  if (form.get('resource')?.some((resource) => resource.startsWith(wrapping))) {
    throw new Refusal('audience_not_allowed')
  }
  const scope = one(form, 'scope')
  if (scope === undefined) return
  if (scope.length > scopeLimit) throw new Refusal('scope_too_long', scopeLimit)
  if (!scopeForm.test(scope)) throw new Refusal('scope_malformed', scopeExpected)
}
