import { isRootPermission, type RootPermission } from '../access/permissions.ts'
import type { KnownAccount } from '../accounts/account.ts'
import { judgeToken } from './judge.ts'

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

type Verified =
  | { readonly ok: true; readonly claims: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly why: string }

/** Checks signature, issuer, type and times of one of our tokens, without any store. */
export type Verify = (token: string) => Verified

/** A token that stands, with its claims and its account; or why it does not. */
export type Checked =
  | {
      readonly ok: true
      readonly claims: AccessClaims
      readonly account: KnownAccount
      /** The payload as it was signed. */
      readonly payload: Readonly<Record<string, unknown>>
    }
  | { readonly ok: false; readonly why: string }

const text = (value: unknown) => (typeof value === 'string' ? value : '')
const texts = (value: unknown) => (Array.isArray(value) ? value.map(String) : [text(value)])

function readClaims(payload: Readonly<Record<string, unknown>>): AccessClaims {
  const { iss, sub, aud, client_id, iat, exp, jti, permissions } = payload
  const { scope, scope_resource, generation, credential_id, epoch } = payload
  return {
    iss: text(iss),
    sub: text(sub),
    aud: texts(aud),
    client_id: text(client_id),
    iat: Number(iat),
    exp: Number(exp),
    jti: text(jti),
    ...(typeof scope === 'string' && { scope }),
    ...(typeof scope_resource === 'string' && { scope_resource }),
    ...(typeof generation === 'number' && { generation }),
    ...(typeof credential_id === 'string' && { credential_id }),
    ...(typeof epoch === 'number' && { epoch }),
    permissions: texts(permissions).filter(isRootPermission),
  }
}

/** What must be known of accounts and revocations to judge a token. */
export interface KnownHolders {
  accountByClientId(clientId: string): KnownAccount | undefined
  isRevoked(revocationId: string): boolean
  /** Tokens of a lower one are refused. */
  readonly epoch: number
}

/** Whether a token is one of ours and still stands: the only reading of access tokens there is. */
export function accessTokenCheck(verify: Verify, known: KnownHolders): (token: string) => Checked {
  return (token) => {
    const verified = verify(token)
    if (!verified.ok) return verified
    const claims = readClaims(verified.claims)
    if ((claims.epoch ?? 0) < known.epoch) return { ok: false, why: 'epoch' }
    const account = known.accountByClientId(claims.client_id)
    const { jti, client_id: clientId, exp, generation = 0, credential_id: credentialId } = claims
    const verdict = judgeToken(
      { jti, clientId, generation, credentialId, expiresAt: exp * 1000 },
      account,
      (id) => known.isRevoked(id),
    )
    if (!verdict.ok) return verdict
    return { ok: true, claims, account: verdict.account, payload: verified.claims }
  }
}
