import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Harmless, and none of our secrets sent by mistake: it is logged and kept. */
const acceptable = /^(?!.*(ost_[sc]k_|eyJ))[A-Za-z0-9._-]{8,64}$/
const ids = new WeakMap<IncomingMessage['headers'], string>()

/** The id of a request: what the caller sent as X-Request-Id when it is harmless, else a new one. */
export function requestId(request: Pick<IncomingMessage, 'headers'>): string {
  const known = ids.get(request.headers)
  if (known !== undefined) return known
  const given = request.headers['x-request-id']
  const isGood = typeof given === 'string' && acceptable.test(given)
  const id = isGood ? given : randomUUID()
  ids.set(request.headers, id)
  return id
}
