import { isActive, type KnownAccount } from '../accounts/account.ts'
import { type KnownHolders, type Payload, type Proven, textIn, textsIn } from './holders.ts'
import type { TokenVerdict } from './judge.ts'
import { digestOfToken, type KnownToken, shortened } from './token.ts'

/**
 * The claims of a token that lives long: no rights are in it, they are looked up whenever it is used.
 */
export interface ProjectClaims {
  readonly iss: string
  /** The client id of its account. */
  readonly sub: string
  readonly aud: readonly string[]
  readonly iat: number
  readonly exp: number
  /** Of this value: a regeneration makes another. */
  readonly jti: string
  readonly token_id: string
  readonly project_id?: string
}

/** Reads the claims of a token that lives long. */
export function readProject(payload: Payload): ProjectClaims {
  const { iss, sub, aud, iat, exp, jti, token_id, project_id } = payload
  return {
    iss: textIn(iss),
    sub: textIn(sub),
    aud: textsIn(aud),
    iat: Number(iat),
    exp: Number(exp),
    jti: textIn(jti),
    token_id: textIn(token_id),
    ...(typeof project_id === 'string' && { project_id }),
  }
}

/** Whether a JWT is a value of a token that is good at this moment (ms): no other spelling of it is. */
function isValueOf({ live, digest, former }: KnownToken, jwt: string, now: number): boolean {
  if (!live) return false
  const own = shortened(digestOfToken(jwt))
  return own === digest || (former?.digest === own && now < former.endsAt)
}

/** The account of a token whose value stands, or why that one does not. */
function standingHolder(account: KnownAccount | undefined): TokenVerdict {
  if (!account?.live) return { ok: false, why: 'account_gone' }
  return isActive(account) ? { ok: true, account } : { ok: false, why: 'account_disabled' }
}

/** Whether such a token still stands: its record and its account, as they are at this moment. */
export function judgeProject(
  { token_id: id }: ProjectClaims,
  { jwt, now }: Proven,
  known: KnownHolders,
): TokenVerdict {
  const token = known.tokenById(id)
  if (token === undefined) return { ok: false, why: 'token_gone' }
  if (!isValueOf(token, jwt, now)) return { ok: false, why: 'token_replaced' }
  return standingHolder(known.accountByClientId(token.account))
}
