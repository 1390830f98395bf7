import { actorRef, type Context } from './context.ts'
import { assertSeen } from './names.ts'

/** What a company, a project or an environment is made of. */
export interface NewPlace {
  readonly name: string
  readonly description?: string
}

/** What shall be different of one; what is absent stays. */
export type PlacePatch = Partial<NewPlace>

/** The members that all of them have when they are made. Fails with `request.invalid`. */
export function newMembers(ctx: Context, { name, description = '' }: NewPlace) {
  assertSeen(name)
  const now = ctx.now()
  const createdBy = actorRef(ctx.actor).id
  return { version: 1, live: true, name, description, createdAt: now, createdBy, updatedAt: now }
}

/** A record with a change of what it is called. */
export function renamed<R extends { readonly updatedAt: number }>(
  ctx: Context,
  before: R,
  patch: PlacePatch,
): R {
  assertSeen(patch.name)
  return { ...before, ...patch, updatedAt: ctx.now() }
}

/** What a deletion leaves of a record, until the sweeper takes it. */
export function tombstone<R extends object>(ctx: Context, before: R) {
  return { ...before, live: false, purgeAfter: ctx.now() + ctx.limits.tombstoneSeconds * 1000 }
}
