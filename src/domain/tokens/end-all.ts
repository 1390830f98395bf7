import type { Context } from '../context.ts'
import { everyPage } from '../every-page.ts'
import { writePurged } from '../purge/write.ts'
import { tokenTombstone } from './token.ts'

/** Deletes every token that lives long, as a restore may ask for; answers how many there were. */
export async function endAllTokens(ctx: Context): Promise<number> {
  let ended = 0
  for await (const tokens of everyPage(ctx.store, 'token')) {
    const live = tokens.filter((token) => token.live)
    const writes = live.map((before) =>
      writePurged(ctx, 'token', { action: 'token.delete', before, after: tokenTombstone(before) }),
    )
    await Promise.all(writes)
    ended += live.length
  }
  return ended
}
