import type { IncomingMessage } from 'node:http'
import type { ParameterizedContext } from 'koa'
import { readBody } from '../http/body.ts'
import {
  bodyLimitBytes,
  checkLengths,
  checkMediaType,
  one,
  readCredentials,
  readForm,
} from './admission.ts'
import { keepLogin, type Presented } from './login.ts'
import { withBody } from './overrides.ts'
import { Refusal } from './refusals.ts'

export interface GateOptions {
  /** Fails with `store.unavailable` when what is known of clients is too old to be used. */
  readonly assertFresh: () => void
  /** Seconds that a client must wait after too many refused logins; 0: none. */
  readonly waitSeconds: (clientId: string, address: string) => number
  readonly requestId: (request: IncomingMessage) => string
}

/** Only secrets can be guessed: an assertion is never throttled. */
function assertPatience(presented: Presented, address: string, options: GateOptions): void {
  if (presented.method !== 'client_secret_basic') return
  const seconds = options.waitSeconds(presented.clientId, address)
  if (seconds === 0) return
  throw new Refusal(429, 'temporarily_unavailable', `too many refused logins; wait ${seconds} s`, {
    'Retry-After': String(seconds),
  })
}

/** Reads, bounds and checks a request before the core does, and gives its login a place. */
export async function admit(ctx: ParameterizedContext, options: GateOptions): Promise<void> {
  if (ctx.method !== 'POST') {
    throw new Refusal(405, 'invalid_request', 'method: expected POST', { Allow: 'POST' })
  }
  const body = await readBody(ctx.req, bodyLimitBytes)
  checkMediaType(ctx.headers, body.length > 0)
  const form = readForm(body.toString('utf8'))
  checkLengths(form)
  options.assertFresh()
  const presented = readCredentials(ctx.headers.authorization, form)
  const address = ctx.req.socket.remoteAddress ?? ''
  keepLogin(ctx, {
    requestId: options.requestId(ctx.req),
    address,
    presented,
    audience: one(form, 'audience'),
    token: one(form, 'token'),
    lifetimeSeconds: 0,
    audiences: [],
  })
  assertPatience(presented, address, options)
  ctx.req = withBody(ctx.req, body)
  ctx.request.req = ctx.req
}
