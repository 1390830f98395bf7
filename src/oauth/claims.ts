import { newId } from '../domain/ids.ts'
import type { Granted } from './attempt.ts'
import type { OAuthOptions } from './options.ts'
import { companyClaims } from './role-claims.ts'

/**
 * The claims of an access token (RFC 9068 §2.2), with what a root account may do, or the part of it
 * that the request asked for. No request parameter can name a claim.
 */
export function accessClaims(
  { account, proof, grant }: Pick<Granted, 'account' | 'proof' | 'grant'>,
  scope: string | undefined,
  options: OAuthOptions,
) {
  const now = options.lookups.now()
  const iat = Math.floor(now / 1000)
  const asked = scope?.split(' ')
  const { generation, permissions } = account
  const epoch = options.lookups.epoch()
  const { audiences, lifetimeSeconds, place } = grant
  const [audience] = audiences
  // No scope at all where there is nothing to name: it has at least one word (RFC 6749 §3.3).
  const named = scope ?? (options.scopeClaim === 'always' ? permissions.join(' ') : '')
  return {
    iss: options.issuer,
    sub: account.clientId,
    aud: audiences.length === 1 ? audience : audiences,
    client_id: account.clientId,
    iat,
    exp: iat + lifetimeSeconds,
    jti: newId('token', now),
    ...(named && { scope: named }),
    ...(generation > 0 && { generation }),
    ...(proof.by === 'credential' && { credential_id: proof.credential.id }),
    ...(epoch > 0 && { epoch }),
    ...(place !== undefined && { scope_resource: `urn:ostiary:${place}` }),
    ...companyClaims(account, place, options.lookups),
    permissions: asked ? permissions.filter((held) => asked.includes(held)) : permissions,
  }
}
