import type { Context } from '../context.ts'
import { turn } from '../every-page.ts'
import { type Token, tokenTombstone } from '../tokens/token.ts'
import { writePurged } from './write.ts'

/** So many are deleted at once: they share a write of the store. */
const batch = 100
/** So many accounts are looked at in one slice. */
const slice = 500

/** Whether an account is there, by the store: what is remembered may be old. */
async function isGone({ store, known }: Context, clientId: string): Promise<boolean> {
  if (known.accountByClientId(clientId)?.live === true) return false
  return (await store.find('account', 'clientId', clientId))?.live !== true
}

/** Deletes those of some tokens that live; answers how many those were. */
export async function deleteAll(ctx: Context, tokens: readonly Token[]): Promise<number> {
  const live = tokens.filter((token) => token.live)
  const writes = live.map((before) =>
    writePurged(ctx, 'token', { action: 'token.delete', before, after: tokenTombstone(before) }),
  )
  await Promise.allSettled(writes)
  await Promise.all(writes)
  return live.length
}

async function take(ctx: Context, clientId: string): Promise<number> {
  const ids = ctx.known.tokensOf(clientId).slice(0, batch)
  await deleteAll(ctx, await ctx.store.getMany('token', ids))
  return ids.length
}

/**
 * Deletes the tokens of accounts that are gone, which are dead already. Answers how many it took, at
 * most about `most`.
 */
export async function purgeTokens(ctx: Context, most: number): Promise<number> {
  let [taken, seen] = [0, 0]
  for (const clientId of ctx.known.tokenHolders()) {
    seen += 1
    if (seen % slice === 0) await turn()
    if (taken >= most) break
    if (await isGone(ctx, clientId)) taken += await take(ctx, clientId)
  }
  return taken
}
