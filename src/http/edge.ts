import type { IncomingMessage } from 'node:http'
import { Problem } from '../domain/problem.ts'

const singleHeaders: ReadonlySet<string> = new Set([
  'host',
  'authorization',
  'content-type',
  'client-key',
  'secret',
  'if-match',
])
/** What a path of ours is made of: nothing that another reader could take for another path. */
const path = /^\/[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*$/

/** What a request is held against before anything else reads it. */
export interface EdgeRules {
  /** Host headers that are ours, in lower case. */
  readonly hosts: ReadonlySet<string>
}

/** The first of the headers that decide which is there twice. */
function givenTwice(raw: readonly string[]): string | undefined {
  const seen = new Set<string>()
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase()
    if (!singleHeaders.has(name)) continue
    if (seen.has(name)) return name
    seen.add(name)
  }
  return undefined
}

/**
 * What every request must satisfy, whatever it asks for: one of each header that decides, and a body
 * that comes as it is (RFC 9112 §6.1). Fails with `request.malformed`.
 */
export function checkFraming(request: IncomingMessage): void {
  const twice = givenTwice(request.rawHeaders)
  if (twice) throw new Problem('request.malformed', { field: twice, said: 'must be given once' })
  // RFC 9112 §3.2: in the newer version it must be there, if only to be empty.
  if (request.headers.host === undefined && request.httpVersion !== '1.0') {
    throw new Problem('request.malformed', { field: 'host', said: 'is missing' })
  }
  const coding = request.headers['transfer-encoding']
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    const said = 'expected chunked or none'
    throw new Problem('request.malformed', { field: 'transfer-encoding', said })
  }
}

/**
 * What a request must satisfy before anything but health reads it: a Host that is ours (RFC 9110
 * §7.4), and a plain path. Fails with `request.malformed` or `host.misdirected`.
 */
export function checkEdge(request: IncomingMessage, rules: EdgeRules): void {
  const [target = ''] = (request.url ?? '').split('?')
  if (!path.test(target)) {
    throw new Problem('request.malformed', {
      said: 'request target: expected a path such as /tokeninfo',
    })
  }
  if (!rules.hosts.has((request.headers.host ?? '').toLowerCase())) {
    throw new Problem('host.misdirected', {
      got: shown(request.headers.host ?? ''),
      hosts: [...rules.hosts].slice(0, mostShown).join(' or '),
    })
  }
}

const mostShown = 5
const longestShown = 100

/** What came, in characters that every dialect may say (RFC 6749 §5.2). */
function shown(host: string): string {
  return host.slice(0, longestShown).replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?') || 'none'
}

/** Host headers that mean this issuer: with and without the default port, and what was added. */
export function hostsOf(issuer: string, added: readonly string[]): ReadonlySet<string> {
  const { host, hostname, protocol } = new URL(issuer)
  const port = protocol === 'https:' ? '443' : '80'
  const withPort = host === hostname ? [`${hostname}:${port}`] : []
  return new Set([host, ...withPort, ...added].map((name) => name.toLowerCase()))
}
