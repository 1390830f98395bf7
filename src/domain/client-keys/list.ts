import { permit } from '../access/permit.ts'
import { findFor } from '../change.ts'
import type { Context } from '../context.ts'
import { type ListAsked, type ListPage, pageOf, slicesOf } from '../lists/page.ts'
import type { Use } from '../store.ts'
import type { ClientKey } from './client-key.ts'
import { mostClientKeys } from './limits.ts'
import { clientKeyAt } from './target.ts'

/** A client key, and when an application last named itself with it. */
export interface ListedClientKey {
  readonly key: ClientKey
  /** Absent when it was never used. */
  readonly lastUse?: Use
}

function listed(key: ClientKey, lastUse: Use | undefined): ListedClientKey {
  return { key, ...(lastUse && { lastUse }) }
}

/** A client key with its last use, as it is at this moment. */
export async function withLastUse({ store }: Context, key: ClientKey): Promise<ListedClientKey> {
  return listed(key, (await store.uses([key.id])).get(key.id))
}

/** Lists the client keys. */
export async function listClientKeys(
  ctx: Context,
  asked: ListAsked,
): Promise<ListPage<ListedClientKey>> {
  await permit(ctx, 'client_key.list', 'root')
  // Those who made one at the same moment may have passed the bound together.
  const keys = await ctx.store.list('client_key', { scope: 'root', limit: 2 * mostClientKeys })
  const some = slicesOf(ctx, keys)
  const page = await pageOf(ctx, { of: ['client keys'], some, row: (key: ClientKey) => key }, asked)
  const uses = await ctx.store.uses(page.items.map(({ id }) => id))
  return { ...page, items: page.items.map((key) => listed(key, uses.get(key.id))) }
}

/** Reads one client key. Fails with `client_key.not_found`. */
export async function readClientKey(ctx: Context, id: string): Promise<ListedClientKey> {
  const { record } = await findFor(ctx, clientKeyAt({ id }), 'client_key.read')
  return await withLastUse(ctx, record)
}
