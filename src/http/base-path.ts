const wellKnown = '/.well-known/'

/** The path of an issuer, without the slash of one that has none (RFC 8414 §3.1). */
export function basePathOf(issuer: string): string {
  const { pathname } = new URL(issuer)
  return pathname === '/' ? '' : pathname
}

/**
 * A target as everything behind reads it: below the path of the issuer, or of the well-known names
 * with that path after them (RFC 8414 §3.1); undefined where it is neither.
 */
export function targetBelow(target: string, base: string): string | undefined {
  const [path = ''] = target.split('?', 1)
  const query = target.slice(path.length)
  if (path.startsWith(`${base}/`)) return target.slice(base.length)
  if (path.startsWith(wellKnown) && path.endsWith(base)) return path.slice(0, -base.length) + query
  return undefined
}
