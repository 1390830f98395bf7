import { failure, OstiaryError } from './failure.ts'
import { send } from './send.ts'
import { isLoopback, type TransportOptions, trustedUrl } from './transport.ts'
import type { CallOptions } from './waiting.ts'
import { membersOf, shown, textOf } from './words.ts'

/** What a server says of itself (RFC 8414 §2). */
export interface ServerMetadata {
  /** What it calls itself: the `iss` of its tokens, and the audience of assertions for it. */
  readonly issuer: string
  readonly tokenEndpoint: string
  readonly jwksUri: string
  readonly introspectionEndpoint: string
  readonly revocationEndpoint: string
  /** Algorithms of client assertions; undefined when it does not say. */
  readonly assertionAlgorithms?: readonly string[]
}

const withoutSlash = (url: string) => url.replace(/\/+$/, '')

/** Two ways to write the same server: case, port, the last slash, and the names of this machine. */
function isSamePlace(one: string, other: string): boolean {
  if (!URL.canParse(one)) return false
  const [a, b] = [one, other].map((text) => {
    const { protocol, hostname, port, pathname } = new URL(text)
    const host = isLoopback(hostname) ? 'this machine' : hostname
    return [protocol, host, port, withoutSlash(pathname)].join(' ')
  })
  return a === b
}

/** An issuer that is not what it was taken for; a slash too many is said in words. */
export function issuerMismatch(named: string, given: string): OstiaryError {
  const isSlash = withoutSlash(named) === withoutSlash(given)
  const [longer, shorter] = named.length > given.length ? [named, given] : [given, named]
  const why = isSlash
    ? `${shown(longer)} and ${shown(shorter)} differ by the / at the end, and an issuer is compared to the letter`
    : 'an issuer is compared to the letter'
  const message = `the issuer is ${shown(named)}, and ${shown(given)} was given: ${why}`
  return failure('issuer_mismatch', message)
}

/** Where the endpoints are on a server that does not say. */
const usualPaths = {
  token: '/api/m2m/oauth/token',
  introspection: '/api/m2m/oauth/introspect',
  revocation: '/api/m2m/oauth/revoke',
} as const

/** What a document says; undefined when it is no metadata. */
function namedBy(body: unknown): ServerMetadata | undefined {
  const found = membersOf(body)
  const [issuer, tokenEndpoint, jwksUri] = ['issuer', 'token_endpoint', 'jwks_uri'].map((name) =>
    textOf(found[name]),
  )
  if (issuer === undefined || tokenEndpoint === undefined || jwksUri === undefined) return undefined
  const base = withoutSlash(issuer)
  const algorithms = found['token_endpoint_auth_signing_alg_values_supported']
  return {
    issuer,
    tokenEndpoint,
    jwksUri,
    introspectionEndpoint:
      textOf(found['introspection_endpoint']) ?? `${base}${usualPaths.introspection}`,
    revocationEndpoint: textOf(found['revocation_endpoint']) ?? `${base}${usualPaths.revocation}`,
    ...(Array.isArray(algorithms) && { assertionAlgorithms: algorithms.map(String) }),
  }
}

/** Inserted before the path (RFC 8414 §3.1); after it, as OpenID Connect Discovery §4 has it. */
function placesOf({ origin, pathname }: URL): readonly [string, string] {
  const path = withoutSlash(pathname)
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ]
}

/** Whether the document is just not there: a 404, or a page of whatever else lives on the host. */
function isAbsent(error: unknown): boolean {
  if (!(error instanceof OstiaryError)) return false
  const { code, status } = error
  return status === 404 || (code === 'unexpected_answer' && status >= 200 && status <= 299)
}

/** The first document that is there; undefined where the server publishes none. */
async function read(
  url: URL,
  how: TransportOptions & CallOptions,
): Promise<ServerMetadata | undefined> {
  for (const place of placesOf(url)) {
    try {
      const named = namedBy((await send(place, { method: 'GET' }, how)).body)
      if (named) return named
    } catch (error) {
      if (!isAbsent(error)) throw error
    }
  }
  return undefined
}

/**
 * Asks a server what it calls itself, and where its endpoints are. What it says must fit the URL
 * that was asked (RFC 8414 §3.3): else it could pass for another. A server whose proxy lets no
 * metadata through is looked for at the usual places. Fails with OstiaryError.
 */
export async function discover(
  url: string,
  how: TransportOptions & CallOptions = {},
): Promise<ServerMetadata> {
  const base = withoutSlash(trustedUrl(url, how).href)
  const usual = {
    issuer: base,
    tokenEndpoint: `${base}${usualPaths.token}`,
    jwksUri: `${base}/.well-known/jwks.json`,
    introspectionEndpoint: `${base}${usualPaths.introspection}`,
    revocationEndpoint: `${base}${usualPaths.revocation}`,
  }
  const found = (await read(new URL(base), how)) ?? usual
  if (!isSamePlace(found.issuer, url)) throw issuerMismatch(found.issuer, url)
  return found
}
