import { assertMayChange } from '../access/may-grant.ts'
import { change, findFor } from '../change.ts'
import type { Context } from '../context.ts'
import { assertOverlap } from '../credentials/limits.ts'
import { assertSeen } from '../names.ts'
import { Problem } from '../problem.ts'
import { audiencesLeft } from './audiences.ts'
import { coin } from './coin.ts'
import type { Issued } from './create.ts'
import { warnedFromStart } from './ends-soon.ts'
import { rememberEnded } from './revoke.ts'
import { stateOf } from './state.ts'
import { holderFor, leaveFor, type TokenTarget, tokenAt } from './target.ts'
import { endOf } from './terms.ts'
import { type FormerValue, keptAfterEndMs, type Token } from './token.ts'

/** How a new value takes the place of the one that there is. */
export interface Regeneration {
  /** Seconds for which the former value stays good; absent: 0, it ends at once. */
  readonly overlapSeconds?: number
  /** Milliseconds. */
  readonly expiresAt?: number
  readonly name?: string
}

/** A token with its new value, and when the former one ends (ms). */
export interface Regenerated extends Issued {
  readonly previousExpiresAt: number
}

/** A value that is forgotten by its token stays over in its status list until it would have ended. */
async function retire(ctx: Context, token: Token, former: FormerValue): Promise<void> {
  const { jti, status, expiresAt } = former
  // Whoever's clock is ahead must not leave a bit out that it will have to tell.
  if (!status || expiresAt + keptAfterEndMs <= ctx.now()) return
  const { account: clientId, owner, name } = token
  const ended = { jti, clientId, owner, name, status, expiresAt } as const
  await rememberEnded(ctx, { action: 'token.retire', ...ended })
}

/**
 * Puts a new value in the place of the one that there is, which ends at once or after the overlap. It
 * is for no audience that the account has not any more. Of two at once one wins: the other fails with
 * `token.regenerated`. Fails like a change otherwise.
 */
export async function regenerateToken(
  ctx: Context,
  target: TokenTarget,
  { overlapSeconds = 0, expiresAt, name }: Regeneration,
): Promise<Regenerated> {
  assertSeen(name)
  assertOverlap(ctx, overlapSeconds)
  const { account, rights } = await holderFor(ctx, target, 'regenerate')
  assertMayChange(ctx.known, rights, account)
  const at = tokenAt(target, account)
  const leave = leaveFor('regenerate', account.owner)
  const { record: seen } = await findFor(ctx, at, leave)
  const end = endOf(ctx, expiresAt)
  const audiences = audiencesLeft(account, seen.audiences)
  const { value, jwt } = await coin(ctx, { ...seen, audiences, expiresAt: end })
  const { record, result } = await change(ctx, at, {
    action: 'token.regenerate',
    leave,
    decide: (before) => {
      if (before.value.jti !== seen.value.jti) throw new Problem('token.regenerated', {})
      const now = ctx.now()
      // What is not accepted any more is let be for no time.
      const overlapMs = stateOf(ctx, before) === 'active' ? overlapSeconds * 1000 : 0
      const previousExpiresAt = Math.min(now + overlapMs, before.value.expiresAt)
      // What ends at once has ended by every clock: one that is behind this one revives nothing.
      const endsAt = overlapMs === 0 ? 0 : previousExpiresAt
      const { warnedDays: _warned, ...rest } = before
      const after: Token = {
        ...rest,
        ...(name !== undefined && { name }),
        audiences,
        value,
        ...warnedFromStart(value.expiresAt - value.issuedAt),
        former: { ...before.value, endsAt },
        updatedAt: now,
      }
      return { after, result: previousExpiresAt }
    },
    guard: async (before) => {
      if (before.former) await retire(ctx, before, before.former)
    },
  })
  return { token: record, jwt, previousExpiresAt: result }
}
