import type { IncomingMessage } from 'node:http'
import type { Presented } from './login.ts'
import { loginRefused, Refusal } from './refusals.ts'
import { scheme as wrapping } from './resources.ts'

export const bodyLimitBytes = 48 * 1024
const parameterLimit = 50
const scopeLimit = 4096
const assertionLimit = 16 * 1024
const idLimit = 256
/** RFC 6749 App. A.1: visible characters and blanks. */
const idForm = /^[\x20-\x7e]{1,256}$/

export type Form = ReadonlyMap<string, readonly string[]>

const mediaType = 'application/x-www-form-urlencoded'

/** RFC 6749 §3.2: a form in UTF-8, as it is: no other charset, no content coding. */
export function checkMediaType(headers: IncomingMessage['headers'], hasBody: boolean): void {
  const coding = headers['content-encoding']
  if (coding !== undefined && coding.toLowerCase() !== 'identity') {
    throw new Refusal(415, 'invalid_request', 'Content-Encoding: expected none')
  }
  const given = headers['content-type']
  if (given === undefined && !hasBody) return
  const [type = '', ...parameters] = (given ?? '').toLowerCase().split(';')
  const charset = parameters.map((part) => part.trim()).find((part) => part.startsWith('charset='))
  const isUtf8 = charset === undefined || /^charset="?utf-8"?$/.test(charset)
  if (type.trim() !== mediaType || !isUtf8) {
    throw new Refusal(415, 'invalid_request', `Content-Type: expected ${mediaType} in UTF-8`)
  }
}

/** Reads the form; a parameter may be there once (RFC 6749 §3.2), but for `resource` (RFC 8707 §2). */
export function readForm(body: string): Form {
  const form = new Map<string, string[]>()
  let count = 0
  for (const [name, value] of new URLSearchParams(body)) {
    count += 1
    if (count > parameterLimit) {
      throw new Refusal(400, 'invalid_request', `expected at most ${parameterLimit} parameters`)
    }
    const former = form.get(name)
    if (former && name !== 'resource') {
      throw new Refusal(400, 'invalid_request', `${shown(name)}: must be given once`)
    }
    form.set(name, former ? [...former, value] : [value])
  }
  return form
}

function shown(name: string): string {
  return /^[\w.-]{1,64}$/.test(name) ? name : 'a parameter'
}

export function one(form: Form, name: string): string | undefined {
  return form.get(name)?.[0] || undefined
}

const unauthenticated = (description = loginRefused) =>
  new Refusal(401, 'invalid_client', description)

function decodePart(text: string): string {
  return decodeURIComponent(text.replace(/\+/g, '%20'))
}

/** RFC 4648 §4, with its padding whole or left out: what the core takes for base64, and no more. */
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/
/** RFC 6749 App. A.2. */
const secretForm = /^[\x20-\x7e]+$/

/** RFC 6749 §2.3.1: id and secret are form-encoded before they are joined; raw ones read the same. */
function readBasic(header: string): Presented {
  const [scheme = '', credentials = '', ...rest] = header.split(/ +/)
  if (scheme.toLowerCase() !== 'basic' || rest.length > 0) throw unauthenticated()
  if (!base64.test(credentials)) throw unauthenticated()
  const text = Buffer.from(credentials, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 1) throw unauthenticated()
  try {
    const clientId = decodePart(text.slice(0, colon))
    const secret = decodePart(text.slice(colon + 1))
    if (!secretForm.test(secret) || !idForm.test(clientId)) throw unauthenticated()
    return { method: 'client_secret_basic', clientId, secret }
  } catch {
    throw unauthenticated()
  }
}

function jsonPart(part: string | undefined): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unauthenticated()
  return { ...value }
}

/** Reads, without believing it, who an assertion speaks for. The core verifies it. */
function readAssertion(assertion: string): Presented {
  const parts = assertion.split('.')
  if (parts.length !== 3 || assertion.length > assertionLimit) throw unauthenticated()
  try {
    const { kid } = jsonPart(parts[0])
    const { sub, requested_audiences: wanted } = jsonPart(parts[1])
    if (typeof sub !== 'string' || !idForm.test(sub)) throw unauthenticated()
    return {
      method: 'private_key_jwt',
      clientId: sub,
      kid: typeof kid === 'string' ? kid.slice(0, idLimit) : '',
      requestedAudiences: Array.isArray(wanted) ? wanted.map(String).slice(0, 20) : [],
    }
  } catch {
    throw unauthenticated()
  }
}

/** Nothing that could be refused was presented: what is expected may be said. */
function missing(form: Form): string {
  return form.has('client_secret')
    ? 'client_secret: is not accepted in the body, expected HTTP Basic (client_secret_basic)'
    : 'client authentication: expected HTTP Basic or a client_assertion'
}

/** Which credentials a request presents: exactly one kind (RFC 6749 §2.3), or it is refused. */
export function readCredentials(authorization: string | undefined, form: Form): Presented {
  const assertion = one(form, 'client_assertion')
  const given = [authorization !== undefined, form.has('client_secret'), assertion !== undefined]
  if (given.filter(Boolean).length > 1) {
    throw new Refusal(400, 'invalid_request', 'client authentication: expected exactly one method')
  }
  if (authorization !== undefined) return readBasic(authorization)
  if (assertion === undefined) throw unauthenticated(missing(form))
  return readAssertion(assertion)
}

/** Bounds what a form asks for. Our own wrapping of audiences is not for others to use. */
export function checkWishes(form: Form): void {
  if (form.get('resource')?.some((resource) => resource.startsWith(wrapping))) {
    throw new Refusal(400, 'invalid_target', 'the requested audience is unknown or not allowed')
  }
  if ((one(form, 'scope')?.length ?? 0) > scopeLimit) {
    throw new Refusal(400, 'invalid_scope', `scope: expected at most ${scopeLimit} characters`)
  }
}
