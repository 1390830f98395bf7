import type { IncomingMessage } from 'node:http'
import { readBody } from '../http/body.ts'
import {
  bodyLimitBytes,
  checkMediaType,
  checkWishes,
  type Form,
  one,
  readCredentials,
  readForm,
} from './admission.ts'
import type { Login, Presented } from './login.ts'
import { Refusal } from './refusals.ts'

export interface GateOptions {
  /** Fails with `store.unavailable` when what is known of clients is too old to be used. */
  readonly assertFresh: () => void
  /** Seconds that a client must wait after too many refused logins; 0: none. */
  readonly waitSeconds: (clientId: string, address: string) => number
  readonly requestId: (request: IncomingMessage) => string
  readonly address: (request: IncomingMessage) => string
}

/** A request that was read, bounded and checked; `error` is why it goes no further. */
export interface Admission {
  readonly body: Buffer
  readonly form?: Form
  readonly login?: Login
  readonly error?: unknown
}

/** Only secrets can be guessed: an assertion is never throttled. */
function assertPatience(presented: Presented, address: string, options: GateOptions): void {
  if (presented.method !== 'client_secret_basic') return
  const seconds = options.waitSeconds(presented.clientId, address)
  if (seconds === 0) return
  const message = `too many refused logins; wait ${seconds} s`
  throw new Refusal(429, 'temporarily_unavailable', message).with({
    'Retry-After': String(seconds),
  })
}

function openLogin(request: IncomingMessage, form: Form, options: GateOptions): Login {
  return {
    requestId: options.requestId(request),
    address: options.address(request),
    presented: readCredentials(request.headers.authorization, form),
    audience: one(form, 'audience'),
    token: one(form, 'token'),
    lifetimeSeconds: 0,
    audiences: [],
  }
}

/** Reads, bounds and checks a request before anything else does. It never fails: it says why. */
export async function admit(request: IncomingMessage, options: GateOptions): Promise<Admission> {
  let body = Buffer.alloc(0)
  let login: Login | undefined
  try {
    if (request.method !== 'POST') {
      throw new Refusal(405, 'invalid_request', 'method: expected POST').with({ Allow: 'POST' })
    }
    body = Buffer.from(await readBody(request, bodyLimitBytes))
    checkMediaType(request.headers, body.length > 0)
    const form = readForm(body.toString('utf8'))
    checkWishes(form)
    options.assertFresh()
    login = openLogin(request, form, options)
    assertPatience(login.presented, login.address, options)
    return { body, form, login }
  } catch (error) {
    return { body, error, ...(login && { login }) }
  }
}
