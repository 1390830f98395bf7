import { isRootPermission, type RootPermission } from '../access/permissions.ts'
import { type KnownHolders, type Payload, textIn, textsIn } from './holders.ts'
import { judgeToken, type TokenVerdict } from './judge.ts'

/** The claims of one of our access tokens, after its signature, issuer and times were checked. */
export interface AccessClaims {
  readonly iss: string
  readonly sub: string
  readonly aud: readonly string[]
  readonly client_id: string
  readonly iat: number
  readonly exp: number
  readonly jti: string
  readonly scope?: string
  /** Of the account when the token was issued; absent: 0. */
  readonly generation?: number
  /** The stored credential that it was issued for; absent: a published key. */
  readonly credential_id?: string
  /** Of the installation when the token was issued; absent: 0. */
  readonly epoch?: number
  /** Where the scope is meant; absent: where the account belongs. */
  readonly scope_resource?: string
  readonly permissions: readonly RootPermission[]
}

/** Reads the claims of an access token. */
export function readAccess(payload: Payload): AccessClaims {
  const { iss, sub, aud, client_id, iat, exp, jti, permissions } = payload
  const { scope, scope_resource, generation, credential_id, epoch } = payload
  return {
    iss: textIn(iss),
    sub: textIn(sub),
    aud: textsIn(aud),
    client_id: textIn(client_id),
    iat: Number(iat),
    exp: Number(exp),
    jti: textIn(jti),
    ...(typeof scope === 'string' && { scope }),
    ...(typeof scope_resource === 'string' && { scope_resource }),
    ...(typeof generation === 'number' && { generation }),
    ...(typeof credential_id === 'string' && { credential_id }),
    ...(typeof epoch === 'number' && { epoch }),
    permissions: textsIn(permissions).filter(isRootPermission),
  }
}

/** Whether an access token still stands, by what is known of its account. */
export function judgeAccess(claims: AccessClaims, known: KnownHolders): TokenVerdict {
  if ((claims.epoch ?? 0) < known.epoch) return { ok: false, why: 'epoch' }
  const account = known.accountByClientId(claims.client_id)
  const { jti, client_id: clientId, exp, generation = 0, credential_id: credentialId } = claims
  return judgeToken(
    { jti, clientId, generation, credentialId, expiresAt: exp * 1000 },
    account,
    (id) => known.isRevoked(id),
  )
}
