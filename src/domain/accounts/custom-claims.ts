import { Problem } from '../problem.ts'

/** How many claims of its own an account may have, and how long the name of one may be. */
export const mostCustomClaims = 20
/** Characters of the name of a claim. */
export const longestClaimName = 64
const mostBytes = 4 * 1024
/** Levels of lists and objects in one another within one claim. */
const mostLevels = 8

/**
 * Names that are ours: what we write into access tokens, or may, what readers of tokens take for the
 * word of whoever signed them, and what an assertion has for itself.
 */
const reserved: ReadonlySet<string> = new Set([
  // RFC 7519 §4.1 and RFC 9068 §2.2
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'typ', 'client_id', 'scope'],
  ...['auth_time', 'acr', 'amr', 'groups', 'roles', 'entitlements'],
  ...['permissions', 'scope_resource', 'roles_truncated', 'company_id'],
  ...['generation', 'credential_id', 'epoch', 'requested_audiences'],
  // What tokens that live long are known by, and where their end is told
  ...['token_id', 'project_id', 'status'],
  // Who acts, and by which key: RFC 8693 §4, RFC 7800, RFC 9396
  ...['act', 'may_act', 'cnf', 'azp', 'sid', 'nonce', 'authorization_details'],
  // What introspection says beside the claims: RFC 7662 §2.2
  ...['active', 'token_type', 'username'],
  ...['kubernetes.io', '__proto__'],
])

/** No claim of ours is another's to say. Fails with `request.invalid`, which names the first one. */
export function assertClaimsAreFree(names: readonly string[] = []): void {
  const claim = names.find((name) => reserved.has(name))
  if (claim !== undefined) throw new Problem('request.invalid', { rule: 'claim_is_free', claim })
}

/** The claims of an assertion that go into a token; or why they cannot. */
export type CustomClaims =
  | { readonly ok: true; readonly claims: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly why: string }

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}

function faultOf(entries: readonly (readonly [string, unknown])[]): string | undefined {
  const deep = entries.find(([, value]) => isDeeper(value, mostLevels))
  if (deep) return `custom claims: ${deep[0]} is nested in more than ${mostLevels} levels`
  const bytes = Buffer.byteLength(JSON.stringify(Object.fromEntries(entries)))
  if (bytes <= mostBytes) return undefined
  const names = entries.map(([name]) => name).join(', ')
  return `custom claims: ${names} make ${bytes} bytes of JSON, expected at most ${mostBytes}`
}

/**
 * What an account may say of itself, out of all that its assertion says: all of it, or nothing. A
 * name that became ours after it was allowed is left out, since the token has a claim of ours there.
 */
export function customClaims(
  allowed: readonly string[],
  said: Readonly<Record<string, unknown>>,
): CustomClaims {
  const entries = allowed
    .filter((name) => Object.hasOwn(said, name) && !reserved.has(name))
    .map((name) => [name, said[name]] as const)
  const why = faultOf(entries)
  return why === undefined ? { ok: true, claims: Object.fromEntries(entries) } : { ok: false, why }
}
