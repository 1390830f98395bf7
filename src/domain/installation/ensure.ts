import { randomUUID } from 'node:crypto'
import { eventOf, insert } from '../change.ts'
import type { Context } from '../context.ts'
import { isProblem, storeAway } from '../problem.ts'
import { type Installation, installationId } from './installation.ts'

async function make(ctx: Context, mark: string): Promise<void> {
  const record = {
    id: installationId,
    version: 1,
    live: true,
    mark,
    epoch: 0,
    pepper: ctx.peppers[0].id,
    ending: [],
  }
  try {
    await insert(ctx, 'installation', { action: 'installation.create', record })
  } catch (error) {
    if (!isProblem(error, 'record.conflict')) throw error
  }
}

/**
 * The record of the whole installation; made when it is not there, by one of all who try. Folders that
 * were used with it before name its mark.
 */
export async function ensureInstallation(
  ctx: Context,
  mark: string = randomUUID(),
): Promise<Installation> {
  const found = await ctx.store.get('installation', installationId)
  if (found) return found
  await make(ctx, mark)
  const made = await ctx.store.get('installation', installationId)
  if (made) return made
  throw storeAway(new Error('the record of the installation was written and is not there'))
}

/** Writes the record as it shall be. Fails with `record.conflict` when another was faster. */
export async function writeInstallation(
  ctx: Context,
  before: Installation,
  given: Partial<Installation>,
): Promise<Installation> {
  return await write(ctx, before, { given, action: 'installation.update' })
}

/** Writes that the store was put back to an older state. Fails with `record.conflict`. */
export async function writeRestored(
  ctx: Context,
  before: Installation,
  given: Pick<Installation, 'epoch' | 'restoredAt'>,
): Promise<Installation> {
  return await write(ctx, before, { given, action: 'installation.restore' })
}

interface Step {
  readonly given: Partial<Installation>
  readonly action: 'installation.update' | 'installation.restore'
}

async function write(
  ctx: Context,
  before: Installation,
  { given, action }: Step,
): Promise<Installation> {
  const after = { ...before, ...given, version: before.version + 1 }
  const event = eventOf(ctx, 'installation', { action, before, after })
  await ctx.store.commit('installation', after, event)
  return after
}
