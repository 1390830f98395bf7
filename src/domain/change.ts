import { randomInt } from 'node:crypto'
import type { Action } from './access/actions.ts'
import type { Rights } from './access/decide.ts'
import { permit } from './access/permit.ts'
import { levelOf, type Place } from './access/places.ts'
import { companyOf, pathOf } from './access/tree.ts'
import type { AuditAction } from './audit/actions.ts'
import { authorOf } from './audit/author.ts'
import type { Facts, NewEvent } from './audit/event.ts'
import type { Context } from './context.ts'
import { inLine } from './line.ts'
import { isProblem, Problem, type ProblemCode } from './problem.ts'
import type { RecordKind } from './record-kind.ts'
import { type Kind, type Records, recordKinds } from './records.ts'
import { shownVersion } from './versioned.ts'

const attempts = 60
const longestPauseMs = 50

/** Looks at the state that a change is about to end, as its callers are shown it; fails to refuse. */
export type Demand = (state: {
  readonly version: number
  /** Milliseconds. */
  readonly updatedAt?: number
}) => void

/** Leave that was given already. */
export interface Leave {
  /** For one act of several writes, of which an earlier one may have ended it. */
  readonly leave?: Rights | undefined
}

/** A record that a use case is about: where it is looked for, and what the caller has seen of it. */
export interface Target<K extends Kind> extends Leave {
  readonly kind: K
  readonly find: (ctx: Context) => Promise<Records[K] | undefined>
  /** Where in the tree it is, or would be, if it were there. */
  readonly on: Place
  /** What a caller who may know is told when it is not there. */
  readonly absent: Extract<ProblemCode, `${string}.not_found`>
  /** The version that the caller has seen (If-Match); absent: the last write wins. */
  readonly ifVersion?: number | undefined
  /** What else its caller demands of the state that is changed: fails when it is not so. */
  readonly demand?: Demand | undefined
}

/** How a use case changes a record. */
export interface Step<K extends Kind, T> {
  readonly action: Action & AuditAction
  /** What leave is asked for, where that is not called as what happens. */
  readonly leave?: Action
  /** The record as it shall be; the very one of before where nothing is to be written or logged. */
  readonly decide: (
    before: Records[K],
    rights: Rights,
  ) => { readonly after: Records[K]; readonly result: T }
  /** What must hold of other records too: asked immediately before each attempt to write. */
  readonly guard?: (before: Records[K], after: Records[K]) => Promise<void>
}

/** Finds a record that is there, for an actor who may do this to it. Fails with `….not_found`. */
export async function findFor<K extends Kind>(
  ctx: Context,
  target: Target<K>,
  action: Action,
): Promise<{ readonly record: Records[K]; readonly rights: Rights }> {
  const record = await target.find(ctx)
  const rights = target.leave ?? (await permit(ctx, action, target.on))
  if (!record?.live) throw new Problem(target.absent, {})
  return { record, rights }
}

/** So that those who lost a race do not all meet again. */
function pause(attempt: number): Promise<void> {
  const mostMs = Math.min(longestPauseMs, 2 ** attempt)
  return new Promise((resolve) => {
    setTimeout(resolve, randomInt(mostMs + 1))
  })
}

/** Fails with `version.stale` when the caller has seen another state of the record. */
function assertSeen<K extends Kind>({ ifVersion, demand }: Target<K>, before: Records[K]): void {
  const version = shownVersion(before)
  if (ifVersion !== undefined && ifVersion !== version) throw new Problem('version.stale', {})
  demand?.({ version, ...('updatedAt' in before && { updatedAt: before.updatedAt }) })
}

/** What a change has come to; `lost` is the record that another change was faster with. */
type Outcome<K extends Kind, T> =
  | { readonly done: { readonly record: Records[K]; readonly result: T } }
  | { readonly lost: Records[K]; readonly conflict: unknown }

async function attemptTo<K extends Kind, T>(
  ctx: Context,
  target: Target<K>,
  { action, leave = action, decide, guard }: Step<K, T>,
): Promise<Outcome<K, T>> {
  const { record: before, rights } = await findFor(ctx, target, leave)
  assertSeen(target, before)
  const { after, result } = decide(before, rights)
  if (after === before) return { done: { record: before, result } }
  const record = { ...after, version: before.version + 1 }
  try {
    await guard?.(before, record)
    const event = eventOf(ctx, target.kind, { action, before, after: record })
    await ctx.store.commit(target.kind, record, event)
    return { done: { record, result } }
  } catch (error) {
    if (!isProblem(error, 'record.conflict')) throw error
    return { lost: before, conflict: error }
  }
}

async function tryAgain<K extends Kind, T>(
  ctx: Context,
  target: Target<K>,
  step: Step<K, T>,
): Promise<{ readonly record: Records[K]; readonly result: T }> {
  for (let attempt = 2; ; attempt += 1) {
    const outcome = await attemptTo(ctx, target, step)
    if ('done' in outcome) return outcome.done
    if (attempt === attempts) throw outcome.conflict
    await pause(attempt)
  }
}

/**
 * The one way in which a record changes: find, permit, decide, commit. Rights and record are read
 * anew at each attempt, immediately before the write; a lost race is decided again. Those of this process
 * that lost one go on one after the other: many that all try again lose most of their attempts. Whoever
 * demands the state that they have seen is told without waiting that it is gone.
 */
export async function change<K extends Kind, T>(
  ctx: Context,
  target: Target<K>,
  step: Step<K, T>,
): Promise<{ readonly record: Records[K]; readonly result: T }> {
  const first = await attemptTo(ctx, target, step)
  if ('done' in first) return first.done
  await pause(1)
  const isConditional = target.ifVersion !== undefined || target.demand !== undefined
  if (isConditional) return await tryAgain(ctx, target, step)
  return await inLine(first.lost.id, () => tryAgain(ctx, target, step))
}

/** Writes a new record (version 1) together with its event. Whoever calls has asked for leave. */
export async function insert<K extends Kind>(
  ctx: Context,
  kind: K,
  { action, record }: { readonly action: AuditAction; readonly record: Records[K] },
): Promise<void> {
  await ctx.store.commit(kind, record, eventOf(ctx, kind, { action, after: record }))
}

function changed(before: Facts, after: Facts): [Facts, Facts] {
  const names = Object.keys({ ...before, ...after }).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  )
  const pick = (facts: Facts) => Object.fromEntries(names.map((name) => [name, facts[name]]))
  return [pick(before), pick(after)]
}

/** What is no more is told in full: nobody should have to search for what ended. */
function told(before: Facts, after: Facts | false): [Facts, Facts?] {
  return after ? changed(before, after) : [before]
}

/** What an event tells of: what happened, and the record before and after it. */
interface Changed<K extends Kind> {
  readonly action: AuditAction
  readonly before?: Records[K]
  readonly after: Records[K]
  /** In whose logs it stands besides. */
  readonly besides?: readonly Place[]
}

/** Whose log an event stands in: of its owner, and of every company that it matters to. */
function scopeOf<K extends Kind>(
  { known }: Context,
  row: RecordKind<Records[K]>,
  { before, after }: Pick<Changed<K>, 'before' | 'after'>,
): readonly Place[] {
  const companies = row.above?.(after, before).flatMap((on) => {
    const path = levelOf(on) === 'company' ? undefined : pathOf(known, on)
    return path ? (companyOf(path) ?? []) : on
  })
  return [...new Set([row.scope(after), ...(companies ?? [])])]
}

/** The one place where the event of a record is made; it is named by the record and its version. */
export function eventOf<K extends Kind>(
  ctx: Context,
  kind: K,
  { action, before, after, besides = [] }: Changed<K>,
): NewEvent {
  const row = recordKinds[kind]
  const own = scopeOf<K>(ctx, row, { after, ...(before && { before }) })
  const scope = [...new Set([...own, ...besides])]
  const now = row.facts(after)
  const [former, latter] = before ? told(row.facts(before), after.live && now) : [undefined, now]
  return {
    id: `${after.id}:${after.version}`,
    at: ctx.now(),
    action,
    actor: authorOf(ctx, scope),
    target: row.target(after),
    requestId: ctx.requestId,
    scope,
    record: { kind, id: after.id, version: after.version },
    ...(former && { before: former }),
    ...(after.live && { after: latter }),
  }
}
