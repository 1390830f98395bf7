import type { Rights } from '../access/decide.ts'
import { isPermitted, seenEnvironments } from '../access/may-see.ts'
import { companyPlace, idOf, projectPlace } from '../access/places.ts'
import { currentRights } from '../access/rights.ts'
import type { Context } from '../context.ts'
import type { Environment } from '../environments/environment.ts'
import { KeptLists } from '../lists/kept.ts'
import { type ListAsked, type ListPage, pageOf, slicesOf } from '../lists/page.ts'
import type { Project } from '../projects/project.ts'
import type { Company, CompanyState } from './company.ts'
import { companySight } from './sight.ts'

/** What of some things the actor may see, a slice in each turn. */
async function* seenOf<T>(
  ctx: Context,
  items: readonly T[],
  isSeen: (item: T) => boolean,
): AsyncGenerator<readonly T[]> {
  for await (const some of slicesOf(ctx, items)) yield some.filter(isSeen)
}

type Reading = 'company.read' | 'project.read'

/** Whoever may do this at the root may do it everywhere: to all of them a list is the same. */
function seesAll(ctx: Context, rights: Rights, action: Reading): boolean {
  return isPermitted(ctx, rights, { action, on: 'root' })
}

const keptCompanies = new KeptLists<Company>()
const keptProjects = new KeptLists<Project>()

/** The companies that somebody may have anything to do with: all of them only to who may see them all. */
function companiesFor(ctx: Context, rights: Rights, action: Reading) {
  const { companies } = ctx.known
  if (seesAll(ctx, rights, action)) return [...companies.all()]
  return [...rights.companies()].flatMap((place) => companies.get(idOf(place)) ?? [])
}

/** Which companies are asked for. */
export interface CompaniesAsked extends ListAsked {
  /** Absent: any. */
  readonly state?: CompanyState | undefined
}

/**
 * The companies that the actor may see, or in which they see something by a role. Fails with
 * `request.invalid` when the cursor is not of this list.
 */
export async function seenCompanies(
  ctx: Context,
  { state, ...asked }: CompaniesAsked,
): Promise<ListPage<Company>> {
  const rights = await currentRights(ctx)
  const action = 'company.read'
  const isSeen = await companySight(ctx, rights)
  const some = seenOf(ctx, companiesFor(ctx, rights, action), isSeen)
  const { known } = ctx
  const listed = {
    of: ['companies'],
    filter: { state },
    narrow: (items: readonly Company[]) =>
      items.filter((one) => state === undefined || one.state === state),
    some,
    row: (company: Company) => company,
    ...(seesAll(ctx, rights, action) && {
      kept: keptCompanies.at(known, known.companies.changes),
    }),
  }
  return await pageOf(ctx, listed, asked)
}

/** A project with those of its environments that the actor may see. */
export interface SeenProject {
  readonly project: Project
  readonly environments: readonly Environment[]
}

/** The projects of some companies, a company's after another's. */
function projectsFor(
  ctx: Context,
  rights: Rights,
  companyIds: readonly string[],
): readonly Project[] {
  const { projects } = ctx.known
  const action = 'project.read'
  if (companyIds.length > 0) {
    return [...new Set(companyIds)].flatMap((id) => projects.in(companyPlace(id)))
  }
  if (seesAll(ctx, rights, action)) return [...projects.all()]
  const companies = companiesFor(ctx, rights, action)
  return companies.flatMap(({ id }) => projects.in(companyPlace(id)))
}

/** The projects of some companies (of all, when none is named) that the actor may see. */
export async function seenProjects(
  ctx: Context,
  { companyIds, ...asked }: ListAsked & { readonly companyIds: readonly string[] },
): Promise<ListPage<SeenProject>> {
  const rights = await currentRights(ctx)
  const action = 'project.read'
  const some = seenOf(ctx, projectsFor(ctx, rights, companyIds), ({ id }) =>
    isPermitted(ctx, rights, { action, on: projectPlace(id) }),
  )
  const { companies, projects } = ctx.known
  const isWhole = companyIds.length === 0 && seesAll(ctx, rights, action)
  const listed = {
    of: ['projects', ...companyIds],
    some,
    row: (project: Project) => project,
    // A project goes with its company, before anybody has deleted it.
    ...(isWhole && { kept: keptProjects.at(ctx.known, companies.changes + projects.changes) }),
  }
  const page = await pageOf(ctx, listed, asked)
  const items: SeenProject[] = []
  for await (const part of slicesOf(ctx, page.items)) {
    items.push(
      ...part.map((project) => {
        return { project, environments: seenEnvironments(ctx, rights, project.id) }
      }),
    )
  }
  return { ...page, items }
}
