import {
  isPermission,
  isRootPermission,
  type Permission,
  type RootPermission,
} from '../domain/access/permissions.ts'
import type { KnownAccount } from '../domain/accounts/account.ts'
import type { Asked, Granted, Proof, Proven } from './attempt.ts'
import type { Lookups, OAuthOptions } from './options.ts'

/** How audiences that are no absolute URIs are told to the core. */
export const scheme = 'urn:ostiary:audience:'

/**
 * What is wanted by the console's parameter, by its claim of an assertion, or by default: what the
 * account has for that case, or else the server.
 */
export function wantedAudiences(login: Proven | Granted, options: OAuthOptions): readonly string[] {
  const wanted = namedAudiences(login)
  if (wanted.length > 0 || options.requireAudience) return wanted
  return [login.account.defaultAudience ?? options.defaultResource]
}

/** The audiences that a request names itself. */
export function namedAudiences({ audience, presented }: Asked): readonly string[] {
  const claimed = presented.method === 'private_key_jwt' ? presented.requestedAudiences : []
  return audience === undefined ? claimed : [...new Set([audience, ...claimed])]
}

/** Whether an account may have tokens for these: everybody may for our own API and the default. */
export function mayHave(
  account: KnownAccount,
  audiences: readonly string[],
  { issuer, defaultResource }: OAuthOptions,
): boolean {
  const isOpen = (audience: string) => audience === issuer || audience === defaultResource
  return (
    audiences.length > 0 &&
    audiences.every((audience) => isOpen(audience) || account.audiences.includes(audience))
  )
}

/** What a scope is asked of: a login of an account, which may name a place. */
type Scoped = Pick<Proven, 'account' | 'place'>

function isPlacePermission(text: string): text is Exclude<Permission, RootPermission> {
  return isPermission(text) && !isRootPermission(text)
}

/**
 * Whether every permission that a scope names is held; one that is unknown is not, nor is one of the
 * root in a place, since it is good everywhere.
 */
export function isHeld(
  { account, place }: Scoped,
  scope: string,
  { holds }: Pick<Lookups, 'holds'>,
): boolean {
  const held: readonly string[] = account.permissions
  const isRoot = account.owner === 'root' && place === undefined
  return scope.split(' ').every((asked) => {
    return isRoot
      ? held.includes(asked)
      : isPlacePermission(asked) && holds(account, asked, place ?? account.owner)
  })
}

/** Whether a token may be narrowed to the place that a login names; one that names none is not. */
export function isPlaceAllowed({ account, place }: Scoped, { isPlaceOf }: Lookups): boolean {
  return place === undefined || isPlaceOf(account, place)
}

/** Seconds: a token never outlives the credential that it was issued for. */
export function lifetimeOf(proof: Proof, { tokenSeconds, lookups }: OAuthOptions): number {
  const end = proof.by === 'credential' ? proof.credential.expiresAt : undefined
  if (end === undefined) return tokenSeconds
  const left = Math.floor(end / 1000) - Math.floor(lookups.now() / 1000)
  return Math.max(1, Math.min(tokenSeconds, left))
}
