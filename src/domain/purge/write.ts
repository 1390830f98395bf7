import type { AuditAction } from '../audit/actions.ts'
import { eventOf } from '../change.ts'
import type { Context } from '../context.ts'
import { isProblem } from '../problem.ts'
import type { Kind, Records } from '../records.ts'

/** A change of a record by the system itself. */
interface Change<K extends Kind> {
  readonly action: AuditAction
  readonly before: Records[K]
  readonly after: Records[K]
}

/**
 * Writes a record with its event. Somebody who was faster is not an error: what is still left to do
 * shows itself the next time.
 */
export async function writePurged<K extends Kind>(
  ctx: Context,
  kind: K,
  { action, before, after }: Change<K>,
): Promise<void> {
  const record = { ...after, version: before.version + 1 }
  try {
    await ctx.store.commit(kind, record, eventOf(ctx, kind, { action, before, after: record }))
  } catch (error) {
    if (!isProblem(error, 'record.conflict')) throw error
  }
}
