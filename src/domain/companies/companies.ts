import { assertPermitted, permit } from '../access/permit.ts'
import { companyPlace } from '../access/places.ts'
import { change, type Demand, findFor, insert, type Leave, type Target } from '../change.ts'
import { actorRef, type Context, isSomebody } from '../context.ts'
import { newRecordId } from '../records.ts'
import { another, slugOf, underFreeSlug } from '../slugs.ts'
import { type NewPlace, newMembers, type PlacePatch, renamed, tombstone } from '../tree-records.ts'
import type { Company, CompanyState, SubjectRef } from './company.ts'
import { keepsOwnerBesideFounder } from './keep-owner.ts'

/** Which company a use case is about, as its caller names it. */
export interface CompanyTarget {
  readonly companyId: string
  readonly demand?: Demand
}

function companyAt({ companyId, demand }: CompanyTarget): Target<'company'> {
  return {
    kind: 'company',
    find: (ctx) => ctx.store.get('company', companyId),
    on: companyPlace(companyId),
    absent: 'company.not_found',
    demand,
  }
}

/** Who makes a company, as somebody who can own it; the system owns none. */
function founderOf({ actor }: Context): { readonly founder?: SubjectRef } {
  if (!isSomebody(actor)) return {}
  return { founder: { kind: actor.kind, id: actorRef(actor).id } }
}

/** Writes a new company under a free slug; whoever calls has asked for leave. */
export async function writeCompany(
  ctx: Context,
  { id, ...place }: NewPlace & Pick<Company, 'id'>,
  write: (record: Company) => Promise<void>,
): Promise<Company> {
  const members = newMembers(ctx, place)
  const slug = slugOf(place.name)
  return await underFreeSlug(['slug'], async (attempt) => {
    const record: Company = {
      id,
      ...members,
      slug: attempt === 0 ? slug : another(slug),
      state: 'enabled',
      ...founderOf(ctx),
    }
    await write(record)
    return record
  })
}

/** Creates a company, which belongs to whoever makes it. Fails with `name.taken`. */
export async function createCompany(ctx: Context, input: NewPlace): Promise<Company> {
  await permit(ctx, 'company.create', 'root')
  const id = newRecordId('company', ctx.now())
  return await writeCompany(ctx, { ...input, id }, (record) =>
    insert(ctx, 'company', { action: 'company.create', record }),
  )
}

/** Reads one company. Fails with `company.not_found`. */
export async function readCompany(ctx: Context, companyId: string): Promise<Company> {
  return (await findFor(ctx, companyAt({ companyId }), 'company.read')).record
}

/** What shall be different of a company; what is absent stays. */
export interface CompanyPatch extends PlacePatch {
  readonly state?: CompanyState
}

/** A name that is taken would tell of a company that its caller may know nothing of. */
function sharedName(before: Company, { name = before.name }: CompanyPatch) {
  return name === before.name ? {} : { hasSharedName: true }
}

/**
 * Changes what a company is called, or whether its accounts may log in: if not, their access tokens end
 * for good, so that takes the leave to delete it.
 */
export async function updateCompany(
  ctx: Context,
  target: CompanyTarget,
  patch: CompanyPatch,
): Promise<Company> {
  const { record } = await change(ctx, companyAt(target), {
    action: 'company.update',
    decide: (before, rights) => {
      const after = { ...renamed(ctx, before, patch), ...sharedName(before, patch) }
      const { generation = 0 } = before
      // At both turns: tokens that were made while the store took the first one end with the second.
      const isTurned = after.state !== before.state
      const on = companyPlace(before.id)
      if (isTurned) assertPermitted(ctx, rights, { action: 'company.disable', on })
      return {
        after: isTurned ? { ...after, generation: generation + 1 } : after,
        result: undefined,
      }
    },
  })
  return record
}

/** Has somebody own a company no longer because they made it. Does nothing when they did not. */
export async function endFounding(
  ctx: Context,
  { companyId, leave }: Pick<CompanyTarget, 'companyId'> & Leave,
  { kind, id }: SubjectRef,
): Promise<void> {
  const isTheirs = ({ founder }: Company) => founder?.kind === kind && founder.id === id
  const known = ctx.known.companies.get(companyId)
  if (!known || !isTheirs(known)) return
  await change(
    ctx,
    { ...companyAt({ companyId }), leave },
    {
      action: 'company.disown',
      decide: (before) => {
        const { founder: _founder, ...rest } = before
        const after = isTheirs(before) ? { ...rest, updatedAt: ctx.now() } : before
        return { after, result: undefined }
      },
      guard: keepsOwnerBesideFounder(ctx, 'company.disown'),
    },
  )
}

/** Deletes a company in one write: from then on everything below it is dead. */
export async function deleteCompany(ctx: Context, target: CompanyTarget): Promise<void> {
  await change(ctx, companyAt(target), {
    action: 'company.delete',
    decide: (before) => ({ after: tombstone(ctx, before), result: undefined }),
  })
}
