import { assertRoleThere } from '../access/bind.ts'
import type { Rights } from '../access/decide.ts'
import { isPermitted } from '../access/may-see.ts'
import { assertPermitted } from '../access/permit.ts'
import { companyPlace, projectPlace } from '../access/places.ts'
import { currentRights } from '../access/rights.ts'
import { type Sight, sightOf } from '../access/sight.ts'
import type { Context } from '../context.ts'
import { type ListAsked, type ListPage, pageOf, slicesOf } from '../lists/page.ts'
import { Problem } from '../problem.ts'
import {
  accountIdentity,
  belongsTo,
  groupIdentity,
  type Identity,
  ownRoles,
  rolesOfGroups,
  userIdentity,
} from './identity.ts'
import { type IdentityRoles, namedProjects, rolesOfIdentity, type ShownProject } from './roles.ts'

/** Which identities of a company are listed, and on which projects their roles are shown. */
export interface IdentitiesQuery extends ListAsked {
  readonly companyId: string
  /** Absent: all. */
  readonly type?: Identity['type'] | undefined
  /** Only these projects, and all of them; absent: those on which there are roles. */
  readonly projectIds?: readonly string[] | undefined
  readonly filter?: IdentityFilter
}

/** Which of them are wanted: those that are all of this. */
export interface IdentityFilter {
  /** A role that counts on the company itself, by whatever way it came. */
  readonly role?: string
  readonly state?: NonNullable<Identity['state']>
  readonly method?: NonNullable<Identity['method']>
}

/** Leaves of some identities those that a filter asks for. */
function narrowed(ctx: Context, companyId: string, { role, state, method }: IdentityFilter) {
  const company = companyPlace(companyId)
  const holds = (one: Identity) => {
    const held = [
      ...ownRoles(ctx.known, companyId, one),
      ...rolesOfGroups(ctx.known, companyId, one),
    ]
    return held.some((each) => each.on === company && each.role === role)
  }
  return (some: readonly Identity[]) =>
    some.filter(
      (one) =>
        (state === undefined || one.state === state) &&
        (method === undefined || one.method === method) &&
        (role === undefined || holds(one)),
    )
}

interface OfCompany {
  readonly companyId: string
  readonly projectId: string
}

/** Where the identities of each type come from, some at a time. */
const sources: Readonly<
  Record<Identity['type'], (ctx: Context, id: string) => AsyncGenerator<readonly Identity[]>>
> = {
  async *user(ctx, companyId) {
    for await (const some of slicesOf(ctx, [...ctx.known.users.all()])) {
      yield some.filter((user) => belongsTo(ctx.known, companyId, user)).map(userIdentity)
    }
  },
  async *group(ctx, companyId) {
    for await (const some of slicesOf(ctx, ctx.known.groups.in(companyPlace(companyId)))) {
      yield some.map(groupIdentity)
    }
  },
  async *serviceaccount({ known }, companyId) {
    for await (const some of known.accountsOf(companyPlace(companyId))) {
      yield some.map(accountIdentity)
    }
  },
}

const everyType = ['user', 'group', 'serviceaccount'] as const satisfies readonly Identity['type'][]

async function* identitiesOf(ctx: Context, { companyId, type }: IdentitiesQuery) {
  for (const each of type === undefined ? everyType : [type]) yield* sources[each](ctx, companyId)
}

/** So many projects and environments are told in one turn, and in one answer: of a row, one more than it has. */
const mostAtOnce = 2000
const mostInAnswer = 200_000
const mostRowsAtOnce = 100
/** So many environments may those projects have that are named: each row tells of all of them. */
const mostNamed = 5000

/**
 * How many things a row tells of, where the projects are named; else they are few. Fails with
 * `request.invalid` when they have too many environments.
 */
function weightOf(named: readonly ShownProject[] = []): number {
  const environments = named.reduce((sum, { envIds }) => sum + envIds.length, 0)
  if (environments <= mostNamed) return 1 + named.length + environments
  throw new Problem('request.invalid', { rule: 'projects_are_bounded', most: mostNamed })
}

/** Some of the identities of a company. */
export interface IdentityPage extends ListPage<Identity> {
  /** So many rows it has at most. */
  readonly perPage: number
  /** The roles of each: told as its row is made, of so many at once. */
  readonly rolesOf: (identity: Identity) => IdentityRoles
  readonly atOnce: number
}

/**
 * Whether the actor manages who holds roles on a project of this company. One that people own says nothing of
 * the others there: anybody may have made it.
 */
function managesRoles(ctx: Context, rights: Rights, { companyId, projectId }: OfCompany): boolean {
  const project = ctx.known.projects.get(projectId)
  if (project?.company !== companyId || project.sharesName) return false
  return isPermitted(ctx, rights, {
    action: 'identity.list_of_project',
    on: projectPlace(projectId),
  })
}

/** What of the roles there the actor is shown. Fails with `company.not_found` or `actor.forbidden`. */
async function sightFor(ctx: Context, { companyId, projectIds }: IdentitiesQuery): Promise<Sight> {
  const company = companyPlace(companyId)
  const rights = await currentRights(ctx)
  const isOfProjects = projectIds?.every((projectId) => {
    return managesRoles(ctx, rights, { companyId, projectId })
  })
  if (!isOfProjects) assertPermitted(ctx, rights, { action: 'identity.list', on: company })
  return sightOf(ctx, rights, company)
}

/**
 * Lists everybody who can hold roles in a company, those without any too, with the roles that they
 * hold and inherit: to whoever sees the company, or manages who holds roles on all projects that are
 * named. Fails with `company.not_found`, `actor.forbidden`, or `request.invalid` when the cursor is not of
 * this list, or when the projects that are named have too many environments.
 */
export async function listIdentities(ctx: Context, query: IdentitiesQuery): Promise<IdentityPage> {
  const { companyId, type, projectIds, filter = {} } = query
  const company = companyPlace(companyId)
  const sight = await sightFor(ctx, query)
  assertRoleThere(ctx, company, filter.role)
  const named = projectIds && namedProjects(ctx, { companyId, sight }, projectIds)
  const weight = weightOf(named)
  const perPage = Math.min(query.perPage, Math.floor(mostInAnswer / weight))
  const listed = {
    of: ['identities', companyId],
    filter: { type, projectIds, ...filter },
    narrow: narrowed(ctx, companyId, filter),
    some: identitiesOf(ctx, query),
    row: (identity: Identity) => identity,
  }
  const page = await pageOf(ctx, listed, { ...query, perPage })
  return {
    ...page,
    perPage,
    rolesOf: (identity) => rolesOfIdentity(ctx, { companyId, sight, named }, identity),
    atOnce: Math.max(1, Math.min(mostRowsAtOnce, Math.floor(mostAtOnce / weight))),
  }
}
