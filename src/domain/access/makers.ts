import type { Context } from '../context.ts'
import { isClientId } from '../ids.ts'
import type { Known } from '../known.ts'
import { grantsOf } from './actions.ts'
import { decide } from './decide.ts'
import { rightsAtHand } from './rights.ts'

/** What companies are told of somebody whom they may not know. */
const hidden = { root: 'root', gone: 'deleted' } as const

/** Who made something, as companies may know it: root accounts are none of their business. */
function shownMaker(known: Known, id: string): string {
  const account = known.accountByClientId(id)
  if (account) return account.owner === 'root' ? hidden.root : id
  return isClientId(id) ? hidden.gone : id
}

/**
 * Says of some ids of those who made something what the actor may know: of root accounts the ids are
 * for those who may list them.
 */
export function shownMakers(ctx: Context, ids: readonly string[]): ReadonlyMap<string, string> {
  const shown = new Map(ids.map((id) => [id, shownMaker(ctx.known, id)]))
  if ([...shown].every(([id, said]) => id === said)) return shown
  const rights = rightsAtHand(ctx)
  const mayKnow = rights && decide(rights, grantsOf('account.list'), ['root']).allowed
  return mayKnow ? new Map(ids.map((id) => [id, id])) : shown
}
