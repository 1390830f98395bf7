import type { IncomingMessage } from 'node:http'

const absolute = /^https?:\/\/([^/?#]*)(.*)$/i

/**
 * Reads a target in absolute form as the path that it is of its host: that host counts, whatever the
 * Host header says (RFC 9112 §3.2.2). Whether it is ours is asked of it like of any other.
 */
export function takeAbsoluteForm(request: IncomingMessage): void {
  const [, host, target = ''] = absolute.exec(request.url ?? '') ?? []
  if (host === undefined) return
  request.headers.host = host
  request.url = target.startsWith('/') ? target : `/${target}`
}
