import { companyPlace } from '../access/places.ts'
import { actorRef, type Context } from '../context.ts'
import { Problem } from '../problem.ts'
import type { Room } from '../room.ts'

/** So many projects may a company have: its lists come whole. */
const mostProjects = 10_000

/** So many of them may somebody have made who needs no right to make them. */
const mostOwnProjects = 100

/** How many projects a company may have, or `project.limit`. */
export function roomIn({ known }: Context, companyId: string): Room {
  return {
    of: `projects of ${companyId}`,
    most: mostProjects,
    count: () => known.projects.in(companyPlace(companyId)).length,
    full: () => new Problem('project.limit', { most: mostProjects, of: 'company' }),
  }
}

/** How many of a company's projects the actor may have made, or `project.limit`. */
export function ownRoomIn({ known, actor }: Context, companyId: string): Room {
  const { id } = actorRef(actor)
  const projects = () => known.projects.in(companyPlace(companyId))
  return {
    of: `projects of ${companyId} by ${id}`,
    most: mostOwnProjects,
    count: () => projects().filter((one) => one.createdBy === id).length,
    full: () => new Problem('project.limit', { most: mostOwnProjects, of: 'maker' }),
  }
}
