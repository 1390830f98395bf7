import type { Ceiling } from '../access/ceiling.ts'
import { isPermission } from '../access/permissions.ts'
import { levelOf, placeNamed } from '../access/places.ts'
import type { KnownAccount } from '../accounts/account.ts'
import type { AccessClaims } from './access-token.ts'

/**
 * The most that an access token lets its bearer do: what was asked for, where it was meant; without a
 * scope whatever its account holds there. One that names no place has it everywhere, but of the root no
 * more than it held when it was issued.
 */
export function ceilingOf(claims: AccessClaims, { owner }: KnownAccount): Ceiling | undefined {
  const { scope, permissions, scope_resource: resource } = claims
  if (scope === undefined) {
    if (resource !== undefined) return { bounds: 'place', on: placeNamed(resource) }
    return levelOf(owner) === 'root' ? { permissions, on: 'root', bounds: 'root' } : undefined
  }
  const on = resource === undefined ? owner : placeNamed(resource)
  // Nothing is meant anywhere, when the token names a place that is none.
  const named = on === undefined ? [] : scope.split(' ').filter(isPermission)
  return { permissions: named, on: on ?? owner, bounds: 'everything' }
}
