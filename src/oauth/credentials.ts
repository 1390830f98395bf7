import { parseJson } from '../domain/json.ts'
import type { Presented, ReadAssertion } from './attempt.ts'
import { type Form, one } from './form.ts'
import { Refusal } from './refusals.ts'
import { isExactJws } from './stored-keys.ts'

const assertionLimit = 16 * 1024
const idLimit = 256
const audienceLimit = 20
/** RFC 6749 App. A.1: visible characters and blanks. */
const idForm = /^[\x20-\x7e]{1,256}$/

type Members = Readonly<Record<string, unknown>>

/** The caller is told nothing but that; the log, what could not be read. */
const unread = (logged: string) => new Refusal('login_refused', '', { logged })
const noBasic = () => unread('Authorization: expected Basic and the base64 of id:secret')
const noAssertion = () => unread('client_assertion: expected a signed JWT with a sub')
const misspelled =
  'client_assertion: expected base64url parts (RFC 7515 §2) without padding, blanks or line breaks'

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
  if (scheme.toLowerCase() !== 'basic' || rest.length > 0) throw noBasic()
  if (!base64.test(credentials)) throw noBasic()
  const text = Buffer.from(credentials, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 1) throw noBasic()
  try {
    const clientId = decodePart(text.slice(0, colon))
    const secret = decodePart(text.slice(colon + 1))
    if (!secretForm.test(secret) || !idForm.test(clientId)) throw noBasic()
    return { method: 'client_secret_basic', clientId, secret }
  } catch {
    throw noBasic()
  }
}

function jsonPart(part: string | undefined): Members {
  const value = parseJson(Buffer.from(part ?? '', 'base64url').toString('utf8'))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw noAssertion()
  return { ...value }
}

function readParts(text: string): ReadAssertion {
  const parts = text.split('.')
  if (parts.length !== 3 || text.length > assertionLimit) throw noAssertion()
  // The core would read base64url as leniently as its library does.
  if (!isExactJws(text)) throw unread(misspelled)
  try {
    return { text, header: jsonPart(parts[0]), claims: jsonPart(parts[1]) }
  } catch {
    throw noAssertion()
  }
}

const isText = (value: unknown): value is string => typeof value === 'string'

/** A wish that cannot be read whole is refused: what is left of it would be another wish. */
function readAudiences(wanted: unknown): readonly string[] {
  if (wanted === undefined) return []
  if (!Array.isArray(wanted) || wanted.length > audienceLimit || !wanted.every(isText)) {
    throw new Refusal('audiences_malformed', audienceLimit)
  }
  return wanted
}

/** Reads, without believing it, who an assertion speaks for. */
function readAssertion(text: string): Presented {
  const assertion = readParts(text)
  const { kid } = assertion.header
  const { sub, requested_audiences: wanted } = assertion.claims
  if (!isText(sub) || !idForm.test(sub)) throw noAssertion()
  return {
    method: 'private_key_jwt',
    clientId: sub,
    kid: isText(kid) ? kid.slice(0, idLimit) : '',
    requestedAudiences: readAudiences(wanted),
    assertion,
  }
}

/** Which credentials a request presents: exactly one kind (RFC 6749 §2.3), or it is refused. */
export function readCredentials(authorization: string | undefined, form: Form): Presented {
  const assertion = one(form, 'client_assertion')
  const given = [authorization !== undefined, form.has('client_secret'), assertion !== undefined]
  if (given.filter(Boolean).length > 1) throw new Refusal('methods_many')
  if (authorization !== undefined) return readBasic(authorization)
  if (assertion !== undefined) return readAssertion(assertion)
  throw new Refusal(form.has('client_secret') ? 'secret_in_body' : 'credentials_missing')
}
