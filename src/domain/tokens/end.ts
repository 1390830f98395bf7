import { eventOf } from '../change.ts'
import type { Context } from '../context.ts'
import { isProblem } from '../problem.ts'
import type { StandingToken } from './kinds.ts'
import { revokeToken } from './revoke.ts'
import { tokenTombstone } from './token.ts'

const attempts = 20

/**
 * Deletes a token that lives long, whoever holds it may: there is no other way in which one ends before
 * its time.
 */
async function endKept(ctx: Context, id: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await ctx.store.get('token', id)
    if (!before?.live) return
    const after = { ...tokenTombstone(before), version: before.version + 1 }
    const event = eventOf(ctx, 'token', { action: 'token.delete', before, after })
    try {
      await ctx.store.commit('token', after, event)
      return
    } catch (error) {
      if (!isProblem(error, 'record.conflict') || attempt === attempts) throw error
    }
  }
}

/** Ends one of the actor's own tokens, whatever its kind (RFC 7009). Twice is once. */
export async function endToken(ctx: Context, token: StandingToken): Promise<void> {
  if (token.kind === 'project') {
    await endKept(ctx, token.claims.token_id)
    return
  }
  const { jti, client_id: clientId, exp } = token.claims
  await revokeToken(ctx, { jti, clientId, expiresAt: exp * 1000 }, token.account)
}
