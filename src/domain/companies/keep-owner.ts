import type { Action } from '../access/actions.ts'
import { isPermitted } from '../access/may-see.ts'
import { currentRights } from '../access/rights.ts'
import { eventOf } from '../change.ts'
import type { Context } from '../context.ts'
import type { OwnerEnding } from '../ending.ts'
import { pendingOf } from '../pending-endings.ts'
import { Problem } from '../problem.ts'
import type { User } from '../users/user.ts'
import { unseen } from '../versioned.ts'
import { type Company, isSame } from './company.ts'
import {
  hasOwner,
  type Later,
  makesOwner,
  type Owned,
  type Owning,
  type Stake,
  stakes,
} from './owners.ts'

/** What is done, and of which company an owner may go by it. */
export interface Taking {
  readonly companyId: string
  readonly action: Action
  /** Whether the company is taken from its founder by it, too. */
  readonly founding?: boolean
}

/** Whoever may do something everywhere can give a company an owner again, or has one who can. */
async function mayEverywhere(ctx: Context, action: Action): Promise<boolean> {
  return isPermitted(ctx, await currentRights(ctx), { action, on: 'root' })
}

/** Fails with `company.last_owner` when nobody would own the company any more who can log in. */
async function assertOwned(
  ctx: Context,
  pending: readonly OwnerEnding[],
  [before, after]: readonly [Later, Later],
): Promise<void> {
  const gone = pending.map(({ id }) => [id, undefined] as const)
  const without = ({ company, changed }: Later) => ({
    company,
    changed: new Map([...changed, ...gone]),
  })
  if (await hasOwner(ctx, without(after))) return
  if (await hasOwner(ctx, without(before))) throw new Problem('company.last_owner', {})
}

type Part = readonly [company: Owned, stake: Stake]

/** Whether a change takes something from an owner: all else is no matter. */
function takes(ctx: Context, before: Part, after: Part): boolean {
  if (!makesOwner(ctx, ...before)) return false
  if (!makesOwner(ctx, ...after)) return true
  const [[, former], [, latter]] = [before, after]
  if (former.canAct && !latter.canAct) return true
  return former.members.some((member) => !latter.members.some(isSame(member)))
}

const laterOf = ([company, stake]: Part): Later => ({
  company,
  changed: new Map([[stake.id, stake]]),
})

function withoutFounder(company: Owned, { ref }: Stake): Owned {
  const { id, founder } = company
  return founder && ref && isSame(founder)(ref) ? { id } : company
}

async function announce(ctx: Context, before: Company, ending: readonly OwnerEnding[]) {
  const after = { ...unseen(before), ending, version: before.version + 1 }
  const action = 'company.end_ownership'
  await ctx.store.commit('company', after, eventOf(ctx, 'company', { action, before, after }))
}

/**
 * Sees to it that a company has an owner after this change too, unless it is made by somebody who may
 * do it everywhere. The last two could end each other in the same moment, so each ending is announced
 * in the record of the company first: of two announcements one is written later, and counts the other's
 * record as gone. One that a crash left behind counts only until its record changes. Fails with
 * `company.last_owner`, or with `record.conflict` when the announcement lost a race.
 */
export function keepsOwner<K extends keyof Owning>(ctx: Context, kind: K, taking: Taking) {
  const { companyId, action, founding = false } = taking
  return async (before: Owning[K], after: Owning[K]): Promise<void> => {
    const [former, latter] = [before, after].map((one) => stakes[kind](ctx, companyId, one))
    const known = ctx.known.companies.get(companyId)
    if (!known || !former || !latter) return
    const parts = (company: Owned): [Part, Part] => [
      [company, former],
      [founding ? withoutFounder(company, former) : company, latter],
    ]
    if (!takes(ctx, ...parts(known)) || (await mayEverywhere(ctx, action))) return
    const company = await ctx.store.get('company', companyId)
    if (!company?.live) return
    const pending = await pendingOf(ctx, company, before.id)
    const [now, then] = parts(company)
    await assertOwned(ctx, pending, [laterOf(now), laterOf(then)])
    await announce(ctx, company, [...pending, { id: before.id, version: before.version }])
  }
}

/** Sees to the same when a company is taken from its founder: that is written in its own record. */
export function keepsOwnerBesideFounder(ctx: Context, action: Action) {
  return async (before: Company, after: Company): Promise<void> => {
    if (await mayEverywhere(ctx, action)) return
    const pending = await pendingOf(ctx, before)
    const later = (company: Owned): Later => ({ company, changed: new Map() })
    await assertOwned(ctx, pending, [later(before), later(after)])
  }
}

/** Asks ahead of several writes that take all from a person: none of them shall be made in vain. */
export async function assertOwnerBeside(
  ctx: Context,
  { companyId, action }: Taking,
  user: User,
): Promise<void> {
  const company = ctx.known.companies.get(companyId)
  const stake = stakes.user(ctx, companyId, user)
  if (!company || !makesOwner(ctx, company, stake) || (await mayEverywhere(ctx, action))) return
  const after = withoutFounder(company, stake)
  await assertOwned(
    ctx,
    [],
    [
      { company, changed: new Map() },
      { company: after, changed: new Map([[user.id, undefined]]) },
    ],
  )
}
