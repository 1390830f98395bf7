import type { Context } from '../context.ts'
import { isLoopback } from '../loopback.ts'
import { foldName } from '../names.ts'
import { Problem } from '../problem.ts'
import type { Room } from '../room.ts'
import type { TrustedIssuer } from './issuer.ts'

/** Organisations, not people: there are few of them. */
export const mostIssuers = 100

/** How many there may be, or `issuer.limit`. */
export function roomForIssuer({ store }: Context): Room {
  return {
    of: 'issuers',
    most: mostIssuers,
    count: () => store.count('issuer', 'root'),
    full: () => new Problem('issuer.limit', { most: mostIssuers }),
  }
}

/** Fails with `name.taken` when the settings have an issuer of that name; records have an index. */
export function assertNameUnsettled({ people }: Context, name: string | undefined): void {
  const folded = foldName(name ?? '')
  if (people.configured.some((settled) => foldName(settled.name) === folded)) {
    throw new Problem('name.taken', { key: 'name' })
  }
}

/** Fails with `issuer.configured` when this is one that the settings name: they win. */
export function assertNotSettled(
  { people }: Context,
  { id, issuer }: Partial<Pick<TrustedIssuer, 'id' | 'issuer'>>,
): void {
  const settled = people.configured.find((each) => each.id === id || each.issuer === issuer)
  if (settled) throw new Problem('issuer.configured', { name: settled.name })
}

/** RFC 8414 §2: neither query nor fragment; and spelled in the one way that tokens are compared with. */
function plainUrl(issuer: string): URL | undefined {
  const url = URL.parse(issuer)
  if (!url || /[?#]/.test(issuer) || `${url.username}${url.password}` !== '') return undefined
  return [url.href, url.href.replace(/\/$/, '')].includes(issuer) ? url : undefined
}

/** Fails with `request.invalid` when an issuer cannot be believed by its URL. */
export function assertGoodIssuer(
  { people }: Context,
  { issuer, allowInsecure }: Pick<TrustedIssuer, 'issuer' | 'allowInsecure'>,
): void {
  if (issuer === people.own) throw new Problem('request.invalid', { rule: 'issuer_is_another' })
  const url = plainUrl(issuer)
  if (url?.protocol === 'https:') return
  const isLocal = url?.protocol === 'http:' && isLoopback(url.hostname)
  if (!isLocal || !allowInsecure) throw new Problem('request.invalid', { rule: 'issuer_is_https' })
}

/**
 * Fails with `request.invalid` when an issuer shall list a company that is not there. One that it lists
 * already may be gone since: nobody is in its groups any more.
 */
export function assertCompaniesThere(
  { known }: Context,
  companies: readonly string[],
  listed: readonly string[] = [],
): void {
  const missing = companies.find((id) => !known.companies.get(id) && !listed.includes(id))
  if (missing === undefined) return
  throw new Problem('request.invalid', { rule: 'company_is_there', companyId: missing })
}
