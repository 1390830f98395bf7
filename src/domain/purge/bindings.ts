import type { Binding } from '../access/binding.ts'
import { builtInRole } from '../access/roles.ts'
import { pathOf } from '../access/tree.ts'
import type { SubjectRef } from '../companies/company.ts'
import type { Context } from '../context.ts'
import { turn } from '../every-page.ts'
import type { Group } from '../groups/group.ts'
import type { Known } from '../known.ts'
import { isThere } from './is-there.ts'
import { writePurged } from './write.ts'

/** So many records are looked at in one slice. */
const slice = 1000

type Bound = { readonly id: string; readonly bindings: readonly Binding[] }

/** Whether this process knows nothing of the place or of the role of a binding. */
function isLoose(known: Known, { on, role }: Binding): boolean {
  return !pathOf(known, on) || !(builtInRole(role) ?? known.roles.get(role))
}

/** Whether either is gone by the store, too. */
async function holdsNothing({ store }: Context, { on, role }: Binding): Promise<boolean> {
  if (!(await isThere(store, on))) return true
  return !builtInRole(role) && (await store.get('role', role))?.live !== true
}

async function goneOf(ctx: Context, bindings: readonly Binding[]): Promise<Set<Binding>> {
  const gone = new Set<Binding>()
  for (const binding of bindings) {
    if (isLoose(ctx.known, binding) && (await holdsNothing(ctx, binding))) gone.add(binding)
  }
  return gone
}

async function freed<R extends Bound>(ctx: Context, record: R): Promise<R> {
  const gone = await goneOf(ctx, record.bindings)
  if (gone.size === 0) return record
  return { ...record, bindings: record.bindings.filter((binding) => !gone.has(binding)) }
}

function isKnown(known: Known, { kind, id }: SubjectRef): boolean {
  if (kind === 'person') return known.users.get(id) !== undefined
  return known.accountByClientId(id)?.live === true
}

async function isGone({ store }: Context, { kind, id }: SubjectRef): Promise<boolean> {
  if (kind === 'person') return (await store.get('user', id))?.live !== true
  return (await store.find('account', 'clientId', id))?.live !== true
}

async function withoutGone(ctx: Context, group: Group): Promise<Group> {
  const gone = new Set<SubjectRef>()
  for (const member of group.members) {
    if (!isKnown(ctx.known, member) && (await isGone(ctx, member))) gone.add(member)
  }
  if (gone.size === 0) return group
  return { ...group, members: group.members.filter((member) => !gone.has(member)) }
}

async function freeAccount(ctx: Context, id: string): Promise<void> {
  const before = await ctx.store.get('account', id)
  const after = before && (await freed(ctx, before))
  if (!before?.live || !after || after === before) return
  await writePurged(ctx, 'account', { action: 'account.bind', before, after })
}

async function freeUser(ctx: Context, id: string): Promise<void> {
  const before = await ctx.store.get('user', id)
  const after = before && (await freed(ctx, before))
  if (!before?.live || !after || after === before) return
  await writePurged(ctx, 'user', { action: 'user.update', before, after })
}

async function freeGroup(ctx: Context, id: string): Promise<void> {
  const before = await ctx.store.get('group', id)
  const after = before && (await withoutGone(ctx, await freed(ctx, before)))
  if (!before?.live || !after || after === before) return
  await writePurged(ctx, 'group', { action: 'group.update', before, after })
}

/** Those of a kind that seem to name something that is gone, a slice at a time. */
async function* suspects<R>(records: Iterable<R>, isSuspect: (record: R) => boolean) {
  let seen = 0
  for (const record of records) {
    seen += 1
    if (seen % slice === 0) await turn()
    if (isSuspect(record)) yield record
  }
}

/**
 * Takes roles away that are gone, or are bound on places that are, and members out of groups that are gone
 * themselves, one write a record: an id that comes again must not find rights that waited for it.
 */
export async function purgeBindings(ctx: Context): Promise<void> {
  const { known } = ctx
  const hasLoose = ({ bindings }: Bound) => bindings.some((binding) => isLoose(known, binding))
  // What belongs to a place that is gone itself is about to be deleted.
  const isAccountLoose = (account: ReturnType<typeof known.accountByClientId>) =>
    account?.live === true && pathOf(known, account.owner) !== undefined && hasLoose(account)
  const isGroupLoose = (group: Group) =>
    pathOf(known, `company:${group.company}`) !== undefined &&
    (hasLoose(group) || group.members.some((member) => !isKnown(known, member)))
  for await (const { id } of suspects(known.everyAccount(), isAccountLoose)) {
    await freeAccount(ctx, id)
  }
  for await (const { id } of suspects(known.users.all(), hasLoose)) await freeUser(ctx, id)
  for await (const { id } of suspects(known.groups.all(), isGroupLoose)) await freeGroup(ctx, id)
}
