import { hostsOf } from './edge.ts'

/** The issuer identifier (RFC 8414 §2): as configured, or where the server listens. */
export function issuerOf(
  configured: string,
  { host, port }: { readonly host: string; readonly port: number },
): string {
  if (configured !== '') return configured
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** The Host headers that mean this issuer; on the loopback interface it has three names. */
export function hostsFor(issuer: string, added: readonly string[]): ReadonlySet<string> {
  const { port, protocol, hostname } = new URL(issuer)
  const isLocal = protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
  const local = isLocal ? [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`] : []
  return hostsOf(issuer, [...local, ...added])
}
