import type { BoundRole } from '../access/bound.ts'
import { isPermitted } from '../access/may-see.ts'
import { projectPlace } from '../access/places.ts'
import { currentRights, standingRoles, subjectOf } from '../access/rights.ts'
import type { Company } from '../companies/company.ts'
import { companySight } from '../companies/sight.ts'
import { actorRef, type Context, isSomebody } from '../context.ts'
import { slicesOf } from '../lists/page.ts'
import { Problem } from '../problem.ts'
import type { Project } from '../projects/project.ts'

/** So many of each are told in full; of the others, how many there are. */
const most = 1000

/** The first of something, and how many there are. */
interface Some<T> {
  readonly first: readonly T[]
  readonly total: number
}

/** Who asks, by what right, and what they may see. */
export interface Me {
  readonly kind: 'account' | 'person'
  /** A client id, or the id of a person. */
  readonly id: string
  readonly name: string
  readonly email?: string
  /** What they may do in the whole installation, as far as their token goes. */
  readonly permissions: readonly string[]
  readonly roles: Some<BoundRole>
  readonly companies: Some<Company>
  readonly projects: Some<Project>
}

function someOf<T>(all: readonly T[]): Some<T> {
  return { first: all.slice(0, most), total: all.length }
}

async function seen<T>(
  ctx: Context,
  items: Iterable<T>,
  isSeen: (item: T) => boolean,
): Promise<Some<T>> {
  const found: T[] = []
  for await (const some of slicesOf(ctx, [...items])) found.push(...some.filter(isSeen))
  return someOf(found)
}

/** Says who asks, by what right, and which companies and projects they may see. */
export async function whoAsks(ctx: Context): Promise<Me> {
  const { actor, known } = ctx
  const rights = await currentRights(ctx)
  if (!isSomebody(actor)) throw new Problem('actor.unauthenticated', { why: 'missing' })
  const { id, name } = actorRef(actor)
  const email = actor.kind === 'person' ? known.users.get(id)?.email : undefined
  const atRoot = (rights.held.get('root') ?? []).flatMap(({ permissions }) => [...permissions])
  return {
    kind: actor.kind,
    id,
    name,
    ...(email !== undefined && { email }),
    permissions: [...new Set(atRoot)].sort(),
    roles: someOf(standingRoles(known, subjectOf(known, actor))),
    companies: await seen(ctx, known.companies.all(), await companySight(ctx, rights)),
    projects: await seen(ctx, known.projects.all(), (project) =>
      isPermitted(ctx, rights, { action: 'project.read', on: projectPlace(project.id) }),
    ),
  }
}
