import type { Place } from '../access/places.ts'
import { pathOf } from '../access/tree.ts'
import { accountTombstone } from '../accounts/update.ts'
import type { AuditAction } from '../audit/actions.ts'
import type { Context } from '../context.ts'
import { turn } from '../every-page.ts'
import type { Known } from '../known.ts'
import type { Kind, Records } from '../records.ts'
import { tombstone } from '../tree-records.ts'
import { isThere } from './is-there.ts'
import { writePurged } from './write.ts'

/** So many are deleted at once: they share a write of the store. */
const batch = 100
/** So many places are looked at in one slice. */
const slice = 500

/** A kind of record that belongs to a place. */
interface Below {
  /** The places to which any of them belong, as this process knows it. */
  readonly places: (known: Known) => Iterable<Place>
  /** Deletes some of a place; answers how many it tried. */
  readonly take: (ctx: Context, place: Place) => Promise<number>
}

interface Remains<K extends Kind> {
  readonly action: AuditAction
  readonly places: Below['places']
  /** What its deletion leaves of a record. */
  readonly remains: (ctx: Context, before: Records[K]) => Records[K]
}

function below<K extends Kind>(kind: K, { action, places, remains }: Remains<K>): Below {
  return {
    places,
    take: async (ctx, scope) => {
      const some = await ctx.store.list(kind, { scope, limit: batch })
      const writes = some.map((before) =>
        writePurged(ctx, kind, { action, before, after: remains(ctx, before) }),
      )
      await Promise.allSettled(writes)
      await Promise.all(writes)
      return some.length
    },
  }
}

/** From the top down, so that one walk finds what a deletion of its own leaves without a place. */
const kindsBelow: readonly Below[] = [
  below('project', {
    action: 'project.delete',
    places: ({ projects }) => projects.scopes(),
    remains: tombstone,
  }),
  below('environment', {
    action: 'environment.delete',
    places: ({ environments }) => environments.scopes(),
    remains: tombstone,
  }),
  below('account', {
    action: 'account.delete',
    places: ({ accountScopes }) => accountScopes(),
    remains: accountTombstone,
  }),
  below('group', {
    action: 'group.delete',
    places: ({ groups }) => groups.scopes(),
    remains: tombstone,
  }),
  below('role', {
    action: 'role.delete',
    places: ({ roles }) => roles.scopes(),
    remains: tombstone,
  }),
]

type Orphans = Pick<Below, 'take'> & { readonly place: Place }

/** Places that are not there any more, as this process knows it: the store is to be asked. */
async function* suspects(known: Known): AsyncGenerator<Orphans> {
  let seen = 0
  for (const { places, take } of kindsBelow) {
    for (const place of places(known)) {
      seen += 1
      if (seen % slice === 0) await turn()
      if (!pathOf(known, place)) yield { place, take }
    }
  }
}

/** Deletes what belongs to one place, up to a bound. */
async function emptied(ctx: Context, { place, take }: Orphans, most: number): Promise<number> {
  if (await isThere(ctx.store, place)) return 0
  let taken = 0
  for (let some = batch; some === batch && taken < most; taken += some) {
    some = await take(ctx, place)
  }
  return taken
}

/**
 * Deletes what belongs to a place that is gone: accounts, groups and roles of a company, projects, and
 * environments of a project. No list of work is kept: what lives is asked for its place, so that it
 * does not matter who deleted that, when something was made below it, or where an earlier walk ended.
 * Answers how many it took, at most about `most`: what is left is found by the next walk.
 */
export async function purgeOrphans(ctx: Context, most: number): Promise<number> {
  let taken = 0
  for await (const orphans of suspects(ctx.known)) {
    if (taken >= most) break
    taken += await emptied(ctx, orphans, most - taken)
  }
  return taken
}
