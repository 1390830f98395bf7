import { failure } from './failure.ts'

/** How requests are sent. */
export interface TransportOptions {
  /** In place of the global fetch, for a proxy or a certificate authority of your own. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined
  /** How long one request may take, its answer included; 10,000 when absent. */
  readonly timeoutMs?: number | undefined
  /** Lets requests go to other machines by plain http: whoever is between them reads every secret. */
  readonly allowInsecureHttp?: boolean | undefined
}

/** Whether a host name can only mean this machine (RFC 6761 §6.3, RFC 1122 §3.2.1.3). */
export function isLoopback(hostname: string): boolean {
  const isName = hostname === 'localhost' || hostname.endsWith('.localhost')
  return isName || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

/** Where a URL leads, without what could be secret in it. */
export function placeOf({ origin, pathname }: URL): string {
  return `${origin}${pathname === '/' ? '' : pathname}`
}

/** A URL that secrets may be sent to, or that keys may come from. Fails with `insecure_url`. */
export function trustedUrl(text: string, { allowInsecureHttp = false }: TransportOptions): URL {
  const url = parsed(text)
  const { protocol, hostname, username, password } = url
  if (username !== '' || password !== '') {
    throw failure('insecure_url', `${placeOf(url)} was given with a user or password in it`)
  }
  if (protocol === 'https:') return url
  if (protocol === 'http:' && (allowInsecureHttp || isLoopback(hostname))) return url
  const expected = 'expected https, or http on this machine; allowInsecureHttp allows all http'
  throw failure('insecure_url', `${placeOf(url)}: ${expected}`)
}

function parsed(text: string): URL {
  try {
    return new URL(text)
  } catch {
    throw failure('insecure_url', 'what was given is no URL; expected https://<host>')
  }
}
