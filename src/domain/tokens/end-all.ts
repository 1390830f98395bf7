import type { Context } from '../context.ts'
import { everyPage } from '../every-page.ts'
import { deleteAll } from '../purge/tokens.ts'

/** Deletes every token that lives long, as a restore may ask for; answers how many there were. */
export async function endAllTokens(ctx: Context): Promise<number> {
  let ended = 0
  for await (const tokens of everyPage(ctx.store, 'token')) ended += await deleteAll(ctx, tokens)
  return ended
}
