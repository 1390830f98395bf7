import type { Owner } from '../owner.ts'

/** Where a grant is made; one of a higher level reaches everything below it. From the top down. */
export const levels = ['root', 'company', 'project', 'environment'] as const

/** One of the levels of the tree. */
export type Level = (typeof levels)[number]

/** A place in the tree: `root`, `company:<id>`, `project:<id>` or `environment:<projectId>:<envId>`. */
export type Place = Owner

/** A place with all that is above it, from the root down to itself. */
export type Path = readonly ['root', ...Place[]]

const starts = levels.map((level) => ({ level, start: `${level}:` }))

/** The level of a place. */
export function levelOf(place: Place): Level {
  return starts.find(({ start }) => place.startsWith(start))?.level ?? 'root'
}

/** The id of a place: of an environment `<projectId>:<envId>`, of the root nothing. */
export function idOf(place: Place): string {
  return place === 'root' ? '' : place.slice(place.indexOf(':') + 1)
}

/** What an environment's id `<projectId>:<envId>` is made of; another id has no second part. */
export function partsOf(id: string): readonly [projectId: string, envId?: string] {
  const at = id.indexOf(':')
  return at === -1 ? [id] : [id.slice(0, at), id.slice(at + 1)]
}

/** The id of the project that a place below a company is, or is in. */
export function projectIdOf(place: Place): string {
  return partsOf(idOf(place))[0]
}

/** The place of a company. */
export function companyPlace(id: string): Place {
  return `company:${id}`
}

/** The place of a project. */
export function projectPlace(id: string): Place {
  return `project:${id}`
}

/** The place of an environment. */
export function environmentPlace(projectId: string, envId: string): Place {
  return `environment:${projectId}:${envId}`
}

const urn = 'urn:ostiary:'
const form = /^(company|project|environment):([^:]+)(?::([^:]+))?$/

/** The place of a resource indicator such as `urn:ostiary:project:<id>`; undefined: it names none. */
export function placeNamed(resource: string): Place | undefined {
  const name = resource.startsWith(urn) ? resource.slice(urn.length) : ''
  const [, level, id = '', below] = form.exec(name) ?? []
  if (level === 'environment') return below === undefined ? below : environmentPlace(id, below)
  if (below !== undefined) return undefined
  if (level === 'project') return projectPlace(id)
  return level === 'company' ? companyPlace(id) : undefined
}
