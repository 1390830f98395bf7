import { companyPlace } from '../access/places.ts'
import { actorRef, type Context } from '../context.ts'
import { Problem } from '../problem.ts'

/** So many projects may a company have: its lists come whole. */
const mostProjects = 10_000

/** So many of them may somebody have made who needs no right to make them. */
const mostOwnProjects = 100

/** Fails with `project.limit` when a company has as many projects as it may have. */
export function assertRoom({ known }: Context, companyId: string): void {
  if (known.projects.in(companyPlace(companyId)).length < mostProjects) return
  throw new Problem('project.limit', { most: mostProjects, of: 'company' })
}

/** Fails with `project.limit` when the actor has made as many of a company's projects as anybody may. */
export function assertOwnRoom({ known, actor }: Context, companyId: string): void {
  const { id } = actorRef(actor)
  const own = known.projects.in(companyPlace(companyId)).filter((one) => one.createdBy === id)
  if (own.length < mostOwnProjects) return
  throw new Problem('project.limit', { most: mostOwnProjects, of: 'maker' })
}
