import type { Rights } from '../access/decide.ts'
import { isPermitted, maySee } from '../access/may-see.ts'
import { companyPlace, type Place } from '../access/places.ts'
import { standingRoles, subjectOf } from '../access/rights.ts'
import { companyAbove } from '../access/tree.ts'
import { type Context, isSomebody } from '../context.ts'
import { slicesOf } from '../lists/page.ts'
import type { Company } from './company.ts'

/** The companies of the projects and environments that the actor sees by roles on these. */
async function companiesAbove(ctx: Context, rights: Rights): Promise<ReadonlySet<Place>> {
  const { actor, known } = ctx
  const roles = isSomebody(actor) ? standingRoles(known, subjectOf(known, actor)) : []
  const found = new Set<Place>()
  for await (const some of slicesOf(ctx, roles)) {
    const seen = some.filter(({ on }) => maySee(ctx, rights, on))
    for (const company of seen.flatMap(({ on }) => companyAbove(known, on))) found.add(company)
  }
  return found
}

/** Which companies the actor is shown: those that they may see, and those in which they see something by a role. */
export async function companySight(
  ctx: Context,
  rights: Rights,
): Promise<(company: Company) => boolean> {
  const mayRead = (on: Place) => isPermitted(ctx, rights, { action: 'company.read', on })
  if (mayRead('root')) return () => true
  const above = await companiesAbove(ctx, rights)
  return ({ id }) => above.has(companyPlace(id)) || mayRead(companyPlace(id))
}
