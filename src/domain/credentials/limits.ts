import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { type Credential, isUsable } from './credential.ts'

/** Fails with `credential.limit` when an account has as many live credentials as it may have. */
export function assertRoom(ctx: Context, kept: readonly Credential[]): void {
  const live = kept.filter((credential) => isUsable(credential, ctx.now())).length
  if (live >= ctx.limits.liveCredentials) {
    throw new Problem('credential.limit', { most: ctx.limits.liveCredentials })
  }
}

/** Expired credentials stay in the list for a while, but no more of them than may be live. */
export function withoutOldest(
  ctx: Context,
  credentials: readonly Credential[],
): readonly Credential[] {
  const expired = credentials.filter((credential) => !isUsable(credential, ctx.now()))
  const dropped = new Set(expired.slice(0, -ctx.limits.liveCredentials))
  return credentials.filter((credential) => !dropped.has(credential))
}

/** A former secret or token stays good beside its successor for so long at most. Fails with `request.invalid`. */
export function assertOverlap({ limits }: Context, overlapSeconds: number): void {
  const mostSeconds = limits.overlapSeconds
  if (overlapSeconds <= mostSeconds) return
  throw new Problem('request.invalid', { rule: 'overlap_is_bounded', mostSeconds })
}
