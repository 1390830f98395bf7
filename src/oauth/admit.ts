import type { IncomingMessage } from 'node:http'
import { placeNamed } from '../domain/access/places.ts'
import type { KnownAccount } from '../domain/accounts/account.ts'
import { readBody } from '../http/body.ts'
import { type LoginAttempt, type Origin, type Read, refused } from './attempt.ts'
import { readCredentials } from './credentials.ts'
import { bodyLimitBytes, checkMediaType, checkWishes, type Form, one, readForm } from './form.ts'
import { Refusal } from './refusals.ts'

/** What must be known to let a request in. */
export interface AdmitOptions {
  /** Fails with `store.unavailable` when what is known of clients is too old to be used. */
  readonly ensureFresh: () => Promise<void>
  /** Seconds that a client must wait after too many refused logins; 0: none. */
  readonly waitSeconds: (clientId: string, address: string) => number
  /** Whose client id this is, live or not. */
  readonly account: (clientId: string) => KnownAccount | undefined
  readonly requestId: (request: IncomingMessage) => string
  readonly address: (request: IncomingMessage) => string
}

/** A request that was read, bounded and checked; or why it goes no further. */
export type Admission =
  | {
      readonly isAdmitted: true
      readonly body: Buffer
      readonly form: Form
      readonly headers: IncomingMessage['headers']
      readonly attempt: Read
    }
  | { readonly isAdmitted: false; readonly attempt: LoginAttempt; readonly cause: unknown }

/** A request that goes on. */
export type Admitted = Extract<Admission, { readonly isAdmitted: true }>

/** For how long a login must wait. Only secrets can be guessed: an assertion is never throttled. */
function waitOf({ presented, origin }: Read, options: AdmitOptions): number {
  if (presented.method !== 'client_secret_basic') return 0
  return options.waitSeconds(presented.clientId, origin.address)
}

/** A login that must wait: it counts as refused, for the log and the audit log. */
function throttled(read: Read, seconds: number, options: AdmitOptions): Admission {
  const account = options.account(read.presented.clientId)
  const headers = { 'Retry-After': String(seconds) }
  const cause = new Refusal('login_throttled', seconds, { headers })
  const why = { reason: 'throttled', detail: cause.message, account } as const
  return { isAdmitted: false, attempt: refused(read, why), cause }
}

function originOf(request: IncomingMessage, options: AdmitOptions): Origin {
  const [path = ''] = (request.url ?? '').split('?')
  return {
    path,
    requestId: options.requestId(request),
    address: options.address(request),
    startedAt: performance.now(),
  }
}

function readAttempt({ headers }: IncomingMessage, form: Form, origin: Origin): Read {
  return {
    stage: 'read',
    origin,
    presented: readCredentials(headers.authorization, form),
    audience: one(form, 'audience'),
    place: placeNamed(one(form, 'resource') ?? ''),
    token: one(form, 'token'),
  }
}

async function readChecked(request: IncomingMessage) {
  if (request.method !== 'POST') {
    throw new Refusal('method_not_post', '', { headers: { Allow: 'POST' } })
  }
  const sent = await readBody(request, bodyLimitBytes)
  checkMediaType(request.headers, sent)
  const read = readForm(sent)
  checkWishes(read.form)
  return read
}

/** Reads, bounds and checks a request before anything else does. It never fails: it says why. */
export async function admit(request: IncomingMessage, options: AdmitOptions): Promise<Admission> {
  const origin = originOf(request, options)
  let attempt: LoginAttempt = { stage: 'unread', origin }
  try {
    const { body, form } = await readChecked(request)
    await options.ensureFresh()
    const read = readAttempt(request, form, origin)
    attempt = read
    const seconds = waitOf(read, options)
    if (seconds > 0) return throttled(read, seconds, options)
    return { isAdmitted: true, body, form, headers: request.headers, attempt: read }
  } catch (cause) {
    return { isAdmitted: false, attempt, cause }
  }
}
