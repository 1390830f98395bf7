import type { Rights } from '../access/decide.ts'
import { assertInsider } from '../access/permit.ts'
import { companyPlace, idOf } from '../access/places.ts'
import { companyAbove } from '../access/tree.ts'
import { insert } from '../change.ts'
import type { Company } from '../companies/company.ts'
import type { Context } from '../context.ts'
import { isProblem } from '../problem.ts'
import { newRecordId } from '../records.ts'
import { another, underFreeSlug } from '../slugs.ts'
import { newMembers } from '../tree-records.ts'
import { asSystem } from './system.ts'

async function bySlug({ store }: Context, slug: string): Promise<Company | undefined> {
  const found = await store.find('company', 'slug', slug)
  return found?.live ? found : undefined
}

/** The company of an account, or the only one of a person; undefined where there is none, or several. */
function ownCompany({ actor, known }: Context, { companies }: Rights): Company | undefined {
  const account = actor.kind === 'account' ? known.accountByClientId(actor.clientId) : undefined
  const [only, other] = account ? companyAbove(known, account.owner) : companies()
  return only !== undefined && other === undefined ? known.companies.get(idOf(only)) : undefined
}

/** Fails with `company.not_found` where it is none, or none of the actor's. */
async function namedCompany(ctx: Context, rights: Rights, named: string) {
  const company = ctx.known.companies.get(named) ?? (await bySlug(ctx, named))
  if (company?.slug !== ctx.projects.company) {
    assertInsider(ctx, rights, companyPlace(company?.id ?? named))
  }
  return company
}

/**
 * The company of a new project: the one that is named by its id or its slug, else the actor's own, else
 * that of the settings; undefined when that is still to be made. Fails with `company.not_found`.
 */
export async function homeOf(
  ctx: Context,
  rights: Rights,
  named: string | undefined,
): Promise<Company | undefined> {
  const { company: usual } = ctx.projects
  if (named !== undefined && named !== usual) return await namedCompany(ctx, rights, named)
  const own = named === undefined ? ownCompany(ctx, rights) : undefined
  return own ?? (await bySlug(ctx, usual))
}

async function insertUsual(ctx: Context, slug: string): Promise<Company> {
  return await underFreeSlug(['name'], async (attempt) => {
    const name = attempt === 0 ? slug : another(slug)
    const id = newRecordId('company', ctx.now())
    const record: Company = { id, ...newMembers(ctx, { name }), slug, state: 'enabled' }
    await insert(ctx, 'company', { action: 'company.create', record })
    return record
  })
}

/** Makes the company of the settings, which belongs to nobody; of several who do so at once, one does. */
export async function makeUsualCompany(ctx: Context): Promise<Company> {
  const { company: slug } = ctx.projects
  try {
    return await insertUsual(asSystem(ctx), slug)
  } catch (error) {
    const made = isProblem(error, 'name.taken') ? await bySlug(ctx, slug) : undefined
    if (made === undefined) throw error
    await ctx.known.catchUp()
    return made
  }
}
