import type { Ceiling } from '../access/ceiling.ts'
import { isPermission } from '../access/permissions.ts'
import { levelOf, type Place, placeNamed } from '../access/places.ts'
import type { KnownAccount } from '../accounts/account.ts'
import type { AccessClaims } from './access-token.ts'

/** Where a scope is meant: nowhere, when the token names a place that is none. */
function scopePlace({ scope_resource: named }: AccessClaims, owner: Place): Place {
  return named === undefined ? owner : (placeNamed(named) ?? 'root')
}

/**
 * The most that an access token lets its bearer do: what a root account held when it was issued; of
 * others what was asked for, and without a scope whatever they hold.
 */
export function ceilingOf(claims: AccessClaims, { owner }: KnownAccount): Ceiling | undefined {
  const { scope, permissions } = claims
  if (levelOf(owner) === 'root') {
    return { permissions, on: 'root', bounds: scope === undefined ? 'root' : 'everything' }
  }
  if (scope === undefined) return undefined
  const named = scope.split(' ').filter(isPermission)
  return { permissions: named, on: scopePlace(claims, owner), bounds: 'everything' }
}
