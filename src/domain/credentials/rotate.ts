import { type AccountTarget, changeAccount } from '../accounts/change.ts'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { type Credential, isUsable } from './credential.ts'
import { assertOverlap, assertRoom } from './limits.ts'
import { type IssuedSecret, newSecretCredential } from './make.ts'

/** How a secret is put in the place of the former ones. */
export interface Rotation {
  /** Seconds for which the former secrets stay good; 0 ends them at once. */
  readonly overlapSeconds: number
  readonly expiresAt?: number
  readonly name?: string
}

/** A secret that another was put in the place of. */
interface FormerSecret {
  readonly id: Credential['id']
  readonly endsAt: number
}

/** A secret that was put in the place of the former ones. */
export interface Rotated extends IssuedSecret {
  /** Milliseconds: when the last of the former secrets ends. */
  readonly formerEndsAt: number
  /** Each secret that was good until now, with the millisecond in which it ends. */
  readonly former: readonly FormerSecret[]
}

/**
 * What a rotation leaves of the former secrets: each is good until `at` at the longest; one that an
 * earlier rotation had already put out of use ends now, so that rotations cannot pile up.
 */
function supersede(credentials: readonly Credential[], now: number, at: number): Credential[] {
  if (at <= now) return []
  return credentials
    .filter((former) => isUsable(former, now) && former.supersededAt === undefined)
    .map((former) => ({
      ...former,
      supersededAt: now,
      expiresAt: Math.min(former.expiresAt ?? at, at),
    }))
}

/** When each secret that is good now ends, once only these are kept. */
function endsOf(
  before: readonly Credential[],
  kept: readonly Credential[],
  now: number,
): readonly FormerSecret[] {
  const ends = new Map(kept.map(({ id, expiresAt = now }) => [id, expiresAt]))
  return before
    .filter((former) => isUsable(former, now))
    .map(({ id }) => ({ id, endsAt: ends.get(id) ?? now }))
}

/** One call that changes the secret: a new one, and the former ones good for the overlap. */
export async function rotateSecret(
  ctx: Context,
  target: AccountTarget,
  rotation: Rotation,
): Promise<Rotated> {
  assertOverlap(ctx, rotation.overlapSeconds)
  const { result } = await changeAccount(ctx, target, {
    action: 'credential.rotate',
    decide: (before) => {
      if (before.authMethod !== 'client_secret_basic') {
        throw new Problem('account.method_mismatch', { rule: 'nothing_to_rotate' })
      }
      const now = ctx.now()
      const kept = supersede(before.credentials, now, now + rotation.overlapSeconds * 1000)
      assertRoom(ctx, kept)
      const former = endsOf(before.credentials, kept, now)
      const formerEndsAt = Math.max(now, ...former.map(({ endsAt }) => endsAt))
      const issued = newSecretCredential(ctx, {
        name: rotation.name ?? 'rotated',
        ...(rotation.expiresAt !== undefined && { expiresAt: rotation.expiresAt }),
      })
      const after = { ...before, credentials: [...kept, issued.credential] }
      return { after, result: { ...issued, formerEndsAt, former } }
    },
  })
  return result
}
