import type { Context } from './context.ts'
import type { OwnerEnding } from './ending.ts'

/**
 * Whether what was announced may still happen: nothing that came after that version of the record is in
 * the log. Until it is there, no process knows of it, though the record may be written.
 */
async function isPending(
  { store }: Pick<Context, 'store'>,
  { id, version }: OwnerEnding,
): Promise<boolean> {
  return (await store.events({ id: `${id}:${version + 1}`, limit: 1 })).length === 0
}

/** Those of what was announced that may still happen, but for one of one's own. */
export async function pendingOf(
  ctx: Pick<Context, 'store' | 'known'>,
  { ending = [] }: { readonly ending?: readonly OwnerEnding[] },
  own?: string,
): Promise<readonly OwnerEnding[]> {
  const pending: OwnerEnding[] = []
  for (const each of ending) {
    if (each.id !== own && (await isPending(ctx, each))) pending.push(each)
  }
  // What is over by now is known from here on.
  await ctx.known.catchUp()
  return pending
}
