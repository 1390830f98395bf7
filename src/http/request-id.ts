import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Harmless, and none of our secrets sent by mistake: it is logged and kept. */
const acceptable = /^(?!.*(ost_[sc]k_|eyJ))[A-Za-z0-9._-]{8,64}$/
type Request = Pick<IncomingMessage, 'headers'>

/** What is known of a request from its first reader on. */
interface Arrival {
  readonly id: string
  /** Milliseconds of the monotonic clock. */
  readonly at: number
}

const arrivals = new WeakMap<IncomingMessage['headers'], Arrival>()

function arrivalOf({ headers }: Request): Arrival {
  const known = arrivals.get(headers)
  if (known) return known
  const given = headers['x-request-id']
  const isGood = typeof given === 'string' && acceptable.test(given)
  const arrival = { id: isGood ? given : randomUUID(), at: performance.now() }
  arrivals.set(headers, arrival)
  return arrival
}

/** The id of a request: what the caller sent as X-Request-Id when it is harmless, else a new one. */
export function requestId(request: Request): string {
  return arrivalOf(request).id
}

/** For how long a request has been here (ms): its headers were read then. */
export function millisecondsSince(request: Request): number {
  return performance.now() - arrivalOf(request).at
}
