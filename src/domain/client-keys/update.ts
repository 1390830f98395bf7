import { change, findFor } from '../change.ts'
import type { Context } from '../context.ts'
import { assertSeen } from '../names.ts'
import { assertNameFree } from './limits.ts'
import { type ListedClientKey, withLastUse } from './list.ts'
import { type ClientKeyTarget, clientKeyAt } from './target.ts'

/** What shall be different of a client key; what is absent stays. */
export interface ClientKeyPatch {
  readonly name?: string
  readonly active?: boolean
}

/** Renames a client key, or turns it off and on. */
export async function updateClientKey(
  ctx: Context,
  target: ClientKeyTarget,
  patch: ClientKeyPatch,
): Promise<ListedClientKey> {
  assertSeen(patch.name)
  if (patch.name !== undefined) {
    await findFor(ctx, clientKeyAt(target), 'client_key.update')
    await assertNameFree(ctx, patch.name, target.id)
  }
  const { record } = await change(ctx, clientKeyAt(target), {
    action: 'client_key.update',
    decide: (before) => ({ after: { ...before, ...patch }, result: undefined }),
  })
  return await withLastUse(ctx, record)
}

/** A digest that no value has: a tombstone holds nothing that a key could be told by. */
const nothing = { pepper: '', value: '' } as const

/** Deletes a client key, for good: whatever still sends it is refused. */
export async function deleteClientKey(ctx: Context, target: ClientKeyTarget): Promise<void> {
  await change(ctx, clientKeyAt(target), {
    action: 'client_key.delete',
    decide: (before) => {
      const purgeAfter = ctx.now() + ctx.limits.tombstoneSeconds * 1000
      const after = { ...before, live: false, active: false, digest: nothing, purgeAfter }
      return { after, result: undefined }
    },
  })
}
