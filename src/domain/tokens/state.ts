import type { Context } from '../context.ts'
import { mintOf } from './coin.ts'
import type { Token } from './token.ts'

/** What the state of a token can be. */
export const tokenStates = ['active', 'expired', 'invalidated'] as const

/** How a token stands: whether it is accepted, is over, or was signed by a key that is gone. */
export type TokenState = (typeof tokenStates)[number]

/** How a token stands at this moment. */
export function stateOf(ctx: Context, { value }: Pick<Token, 'value'>): TokenState {
  if (value.expiresAt <= ctx.now()) return 'expired'
  return mintOf(ctx).isAccepted(value.kid) ? 'active' : 'invalidated'
}
