import type { KnownHolders, Payload } from './holders.ts'
import { type Checked, tokenKinds } from './kinds.ts'

type Verified =
  | { readonly ok: true; readonly claims: Payload }
  | { readonly ok: false; readonly why: string }

/** Checks signature, issuer, type and times of one of our tokens, without any store. */
export type Verify = (token: string) => Verified

const rows = Object.values(tokenKinds)

/** Whether a token is one of ours and still stands: the only reading of our tokens there is. */
export function tokenCheck(
  verify: Verify,
  known: KnownHolders,
  now: () => number,
): (token: string) => Checked {
  return (jwt) => {
    const verified = verify(jwt)
    if (!verified.ok) return verified
    const { claims: payload } = verified
    const row = rows.find(({ recognise }) => recognise(payload))
    return row ? row.check({ jwt, payload, now: now() }, known) : { ok: false, why: 'unknown_kind' }
  }
}
