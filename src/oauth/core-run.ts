import type { IncomingMessage } from 'node:http'
import type { Granted, LoginAttempt, Proven } from './attempt.ts'
import type { Refusal } from './refusals.ts'

/** What travels beside one request through the core, and moves on with it. */
export interface CoreRun {
  attempt: LoginAttempt
  /** Why it is refused, as soon as that is known: by what came before the core, or by the core. */
  cause: unknown
  /** Our own refusal, which the core only passes on. */
  refusal?: Refusal
}

/**
 * The core makes the context of a request itself, and tells its look-ups and hooks nothing else: a
 * run is kept beside the request that the core was given.
 */
const runs = new WeakMap<IncomingMessage, CoreRun>()

/** Keeps a run beside the request that the core is about to be given. */
export function keepRun(request: IncomingMessage, run: CoreRun): void {
  runs.set(request, run)
}

/** The run that a context of the core belongs to. */
export function runOf(ctx: { readonly req: IncomingMessage } | undefined): CoreRun {
  const run = ctx && runs.get(ctx.req)
  if (!run) throw new Error('a request reached the core past its gate')
  return run
}

/** The login of a run whose client has proven itself. */
export function provenOf({ attempt }: CoreRun): Proven | Granted {
  if (attempt.stage === 'proven' || attempt.stage === 'granted') return attempt
  throw new Error(`the core went on with a login that is ${attempt.stage}`)
}

/** The login of a run for which it is known what its token will be good for. */
export function grantedOf({ attempt }: CoreRun): Granted {
  if (attempt.stage === 'granted') return attempt
  throw new Error(`the core writes a token for a login that is ${attempt.stage}`)
}
