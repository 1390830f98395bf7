import { placeNamed } from '../domain/access/places.ts'
import type { KnownAccount } from '../domain/accounts/account.ts'
import type { AccessClaims } from '../domain/tokens/access-token.ts'
import type { StandingToken } from '../domain/tokens/kinds.ts'
import { isHeld } from './audiences.ts'
import type { Lookups } from './options.ts'
import { companyClaims } from './role-claims.ts'

type Known = Pick<Lookups, 'holds' | 'roles'>

const placeOf = ({ scope_resource: named }: AccessClaims) =>
  named === undefined ? undefined : placeNamed(named)

/** The words of a scope that are still held; no claim where none is. */
function heldScope(account: KnownAccount, claims: AccessClaims, known: Known) {
  const login = { account, place: placeOf(claims) }
  const held = claims.scope?.split(' ').filter((word) => isHeld(login, word, known)) ?? []
  return held.length === 0 ? {} : { scope: held.join(' ') }
}

/**
 * The claims of a token that stands, with what its account holds at this moment: the roles as they
 * are now, and of permissions and scope what was not taken away since. No token gains by it what it
 * did not name.
 */
export function liveClaims(checked: StandingToken, known: Known) {
  const { account, payload } = checked
  // One that lives long says nothing of rights: what its account holds now is all of it.
  if (checked.kind === 'project') {
    const { permissions } = account
    return { ...payload, ...companyClaims(account, {}, known), permissions }
  }
  const { claims } = checked
  const { roles: _roles, roles_truncated: _cut, scope: _scope, ...signed } = payload
  const permissions = claims.permissions.filter((name) => account.permissions.includes(name))
  return {
    ...signed,
    ...heldScope(account, claims, known),
    ...companyClaims(account, { scope: claims.scope, place: placeOf(claims) }, known),
    permissions,
  }
}
