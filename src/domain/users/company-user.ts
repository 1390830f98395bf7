import type { Binding } from '../access/binding.ts'
import { boundThere } from '../access/bound.ts'
import { isPermitted } from '../access/may-see.ts'
import { companyPlace } from '../access/places.ts'
import { currentRights } from '../access/rights.ts'
import { inSight, sightAtHand } from '../access/sight.ts'
import type { Demand, Target } from '../change.ts'
import type { Context } from '../context.ts'
import type { Group } from '../groups/group.ts'
import { belongsTo, ownRoles, userIdentity } from '../identities/identity.ts'
import type { Known } from '../known.ts'
import { slicesOf } from '../lists/page.ts'
import { withLastLogins } from './last-login.ts'
import type { User } from './user.ts'

/** Which person of which company a use case is about, as its caller names them. */
export interface CompanyUserTarget {
  readonly companyId: string
  readonly userId: string
  readonly demand?: Demand
}

/** A person as one of a company sees them: what they are elsewhere is nobody's business there. */
export interface CompanyUser {
  readonly user: User
  /** The roles there and below, a founder's too, as far as the actor may see them. */
  readonly roles: readonly Binding[]
  readonly groups: readonly Group[]
  /** Milliseconds. */
  readonly lastLogin: number | undefined
}

/** The groups of a company that name a person. */
export function groupsIn(known: Known, companyId: string, userId: string): readonly Group[] {
  const all = known.groupsOf({ kind: 'person', id: userId })
  return all.filter(({ company }) => company === companyId)
}

/** Some people as one of a company sees them. */
export async function companyUsers(
  ctx: Context,
  companyId: string,
  users: readonly User[],
): Promise<readonly CompanyUser[]> {
  const { known } = ctx
  const found: CompanyUser[] = []
  const sight = sightAtHand(ctx, companyPlace(companyId))
  for await (const some of slicesOf(ctx, await withLastLogins(ctx, users))) {
    for (const { user, lastLogin } of some) {
      const roles = boundThere(known, ownRoles(known, companyId, userIdentity(user)))
      const groups = groupsIn(known, companyId, user.id)
      found.push(inSight(sight, { user, lastLogin, roles, groups }))
    }
  }
  return found
}

/** One person as one of a company sees them. */
export async function companyUser(
  ctx: Context,
  companyId: string,
  user: User,
): Promise<CompanyUser> {
  const [seen] = await companyUsers(ctx, companyId, [user])
  return seen ?? { user, roles: [], groups: [], lastLogin: undefined }
}

/** Whether somebody may name a person there: one of the company, or anybody for who binds everywhere. */
export async function mayName(ctx: Context, companyId: string, user: User): Promise<boolean> {
  if (belongsTo(ctx.known, companyId, user)) return true
  return isPermitted(ctx, await currentRights(ctx), { action: 'user.grant', on: 'root' })
}

/** Where a person of a company is looked for: others are as if they were not there. */
export function companyUserAt({ companyId, userId, demand }: CompanyUserTarget): Target<'user'> {
  return {
    kind: 'user',
    find: async (ctx) => {
      const user = await ctx.store.get('user', userId)
      return user && (await mayName(ctx, companyId, user)) ? user : undefined
    },
    on: companyPlace(companyId),
    absent: 'user.not_found',
    demand,
  }
}
