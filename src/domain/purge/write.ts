import { companyPlace, levelOf, type Place, projectIdOf } from '../access/places.ts'
import { pathOf } from '../access/tree.ts'
import type { AuditAction } from '../audit/actions.ts'
import { eventOf } from '../change.ts'
import type { Context } from '../context.ts'
import { isProblem } from '../problem.ts'
import type { RecordKind } from '../record-kind.ts'
import { type Kind, type Records, recordKinds } from '../records.ts'

const isBelowCompany = (on: Place) => ['project', 'environment'].includes(levelOf(on))

/** A change of a record by the system itself. */
interface Change<K extends Kind> {
  readonly action: AuditAction
  readonly before: Records[K]
  readonly after: Records[K]
}

/**
 * The companies of projects that are not known any more: the store has what was deleted, and the log of the
 * company is to tell of all that went with it.
 */
async function companiesOf({ store, known }: Context, places: readonly Place[]) {
  const gone = places.filter((on) => isBelowCompany(on) && !pathOf(known, on))
  if (gone.length === 0) return []
  const ids = new Set(gone.map((on) => projectIdOf(on)))
  const projects = await store.getMany('project', [...ids])
  return projects.map(({ company }) => companyPlace(company))
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
  const row: RecordKind<Records[K]> = recordKinds[kind]
  const besides = await companiesOf(ctx, row.above?.(record, before) ?? [])
  const event = eventOf(ctx, kind, { action, before, after: record, besides })
  try {
    await ctx.store.commit(kind, record, event)
  } catch (error) {
    if (!isProblem(error, 'record.conflict')) throw error
  }
}
