import { assertRoleThere } from '../access/bind.ts'
import type { Binding } from '../access/binding.ts'
import type { Rights } from '../access/decide.ts'
import { isPermitted } from '../access/may-see.ts'
import { assertPermitted } from '../access/permit.ts'
import { companyPlace, levelOf, projectPlace } from '../access/places.ts'
import { currentRights } from '../access/rights.ts'
import { sightOf } from '../access/sight.ts'
import type { Context } from '../context.ts'
import {
  type ListAsked,
  type Listed,
  type ListPage,
  pageOf,
  passedOver,
  slicesOf,
} from '../lists/page.ts'
import {
  belongsTo,
  type Identity,
  type IdentityRecord,
  identityOf,
  ownRoles,
  rolesOfGroups,
} from './identity.ts'
import { type IdentityRoles, namedProjects, rolesOfIdentity, type Shown } from './roles.ts'

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
  /** A role on the company itself, by whatever way it came. */
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
  return (some: readonly IdentityRecord[]) =>
    some.filter((record) => {
      const one = identityOf(record)
      return (
        (state === undefined || one.state === state) &&
        (method === undefined || one.method === method) &&
        (role === undefined || holds(one))
      )
    })
}

interface OfProject {
  readonly companyId: string
  readonly projectId: string
}

/** Where the identities of each type come from, some at a time. */
const sources: Readonly<
  Record<Identity['type'], (ctx: Context, id: string) => AsyncIterable<readonly IdentityRecord[]>>
> = {
  async *user(ctx, companyId) {
    for await (const some of slicesOf(ctx, [...ctx.known.users.all()])) {
      yield some.filter((user) => belongsTo(ctx.known, companyId, user))
    }
  },
  group: (ctx, companyId) => slicesOf(ctx, ctx.known.groups.in(companyPlace(companyId))),
  serviceaccount: ({ known }, companyId) => known.accountsOf(companyPlace(companyId)),
}

const everyType = ['user', 'group', 'serviceaccount'] as const satisfies readonly Identity['type'][]

async function* identitiesOf(ctx: Context, { companyId, type }: IdentitiesQuery) {
  for (const each of type === undefined ? everyType : [type]) yield* sources[each](ctx, companyId)
}

/** So many projects and environments are told in one answer, each again for every group that hands roles on to it. */
const mostInAnswer = 200_000

/** Some of the identities of a company. */
export interface IdentityPage extends ListPage<IdentityRecord> {
  /** Whether it has fewer rows than there was room for where these are long: `next` leads on. */
  readonly isCut: boolean
  /** The roles of each: told as its row is made. */
  readonly rolesOf: (record: IdentityRecord) => IdentityRoles
}

type Weigh = (identity: Identity) => number

/** How many places below a company some roles are on. */
const below = (bindings: readonly Binding[]) =>
  bindings.filter(({ on }) => levelOf(on) !== 'company').length

/**
 * How much a row takes: the roles that are gone through for it, and the places that it tells of, what is named or
 * else what there are roles on, each with what every group hands on to it.
 */
function weighing({ known }: Context, { companyId, named }: Shown): Weigh {
  const places = named?.reduce((sum, { envIds }) => sum + 1 + envIds.length, 0)
  return ({ bindings, ref }) => {
    const groups = ref ? known.groupsOf(ref).filter(({ company }) => company === companyId) : []
    const lists = [bindings, ...groups.map((group) => group.bindings)]
    const held = lists.reduce((sum, { length }) => sum + length, 1)
    if (places !== undefined) return held + places * Math.max(1, groups.length)
    if (groups.length < 2) return held
    return held + groups.length * lists.reduce((sum, list) => sum + below(list), 0)
  }
}

/** How many of these one answer has room for. */
async function roomFor(
  ctx: Context,
  items: readonly IdentityRecord[],
  weigh: Weigh,
): Promise<number> {
  let [count, all] = [0, 0]
  for await (const some of slicesOf(ctx, items)) {
    for (const weight of some.map((record) => weigh(identityOf(record)))) {
      all += weight
      if (all > mostInAnswer && count > 0) return count
      count += 1
    }
  }
  return count
}

type Listing = Omit<Listed<IdentityRecord>, 'some'> & {
  readonly some: () => Listed<IdentityRecord>['some']
}

/** The page that is asked for, or as much of it as there is room for. */
async function cutPage(
  ctx: Context,
  query: IdentitiesQuery,
  { listed, shown }: { readonly listed: Listing; readonly shown: Shown },
): Promise<IdentityPage> {
  const page = await pageOf(ctx, { ...listed, some: listed.some() }, query)
  const count = await roomFor(ctx, page.items, weighing(ctx, shown))
  const isCut = count < page.items.length
  const rolesOf = (record: IdentityRecord) => rolesOfIdentity(ctx, shown, identityOf(record))
  if (!isCut) return { ...page, isCut, rolesOf }
  const from = 'cursor' in query.from ? query.from : { skip: passedOver(query) }
  const part = { ...query, from, perPage: count }
  const cut = await pageOf(ctx, { ...listed, some: listed.some() }, part)
  return { ...cut, isCut, rolesOf }
}

/**
 * Whether the actor manages who holds roles on a project of this company. One that people own says nothing of
 * the others there: anybody may have made it.
 */
function managesRoles(ctx: Context, rights: Rights, { companyId, projectId }: OfProject): boolean {
  const project = ctx.known.projects.get(projectId)
  if (project?.company !== companyId || project.sharesName) return false
  return isPermitted(ctx, rights, {
    action: 'identity.list_of_project',
    on: projectPlace(projectId),
  })
}

/** Whether any projects are named, and the actor manages who holds roles on all of them. */
function managesRolesOnNamed(
  ctx: Context,
  rights: Rights,
  { companyId, projectIds = [] }: IdentitiesQuery,
): boolean {
  const manages = (projectId: string) => managesRoles(ctx, rights, { companyId, projectId })
  return projectIds.length > 0 && projectIds.every(manages)
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
  const rights = await currentRights(ctx)
  if (!managesRolesOnNamed(ctx, rights, query)) {
    assertPermitted(ctx, rights, { action: 'identity.list', on: company })
  }
  const sight = sightOf(ctx, rights, company)
  assertRoleThere(ctx, company, filter.role)
  const named = projectIds && (await namedProjects(ctx, { companyId, sight }, projectIds))
  const shown = { companyId, sight, named }
  const listed = {
    of: ['identities', companyId],
    filter: { type, projectIds, ...filter },
    narrow: narrowed(ctx, companyId, filter),
    some: () => identitiesOf(ctx, query),
    row: identityOf,
  }
  return await cutPage(ctx, query, { listed, shown })
}
