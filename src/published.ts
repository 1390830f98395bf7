import type { Settings } from './config/schema.ts'
import { type Document, renderDocument } from './http/documents.ts'
import { hostsOf } from './http/edge.ts'
import type { Listener } from './http/listener.ts'
import { metadata } from './oauth/metadata.ts'
import type { Keyring } from './signing/keyring.ts'

const jwksMaxAgeSeconds = 300

interface Described {
  readonly settings: Settings
}

interface Published extends Described {
  readonly issuer: string
  readonly keyring: Keyring
}

/** The issuer identifier: as configured, or where the server listens. */
export function issuerOf(
  { settings }: Described,
  { host, port }: Pick<Listener, 'host' | 'port'>,
): string {
  if (settings.issuer !== '') return settings.issuer
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** The Host headers that mean this server. */
export function hosts({ settings }: Described, issuer: string): ReadonlySet<string> {
  const { port, protocol, hostname } = new URL(issuer)
  const isLocal = protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
  const local = isLocal ? [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`] : []
  return hostsOf(issuer, [...local, ...settings.http.allowedHosts])
}

/** What is served to everybody: metadata and keys. */
export function documents({ issuer, settings, keyring }: Published): ReadonlyMap<string, Document> {
  const maxAge = Math.min(jwksMaxAgeSeconds, settings.signing.publishSeconds)
  const isFapi = settings.oauth.profile === 'fapi'
  const discovery = renderDocument(
    metadata(issuer, isFapi, keyring.current.alg),
    'application/json; charset=utf-8',
    maxAge,
  )
  const keys = { keys: keyring.published }
  const jwks = renderDocument(keys, 'application/jwk-set+json', maxAge)
  return new Map([
    ['/.well-known/openid-configuration', discovery],
    ['/.well-known/oauth-authorization-server', discovery],
    ['/.well-known/jwks.json', jwks],
    ['/openid/v1/jwks', jwks],
  ])
}
