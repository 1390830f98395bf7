import type { Known } from '../known.ts'
import { Problem, type ProblemCode } from '../problem.ts'
import {
  companyPlace,
  idOf,
  levelOf,
  type Path,
  type Place,
  partsOf,
  projectPlace,
} from './places.ts'

/** As much of what is known as says what is there: the rest of a tree may be about to be made. */
export interface Tree extends Pick<Known, 'environmentAt'> {
  readonly companies: Pick<Known['companies'], 'get'>
  readonly projects: Pick<Known['projects'], 'get'>
}

function companyPath(tree: Tree, id: string): Path | undefined {
  return tree.companies.get(id) && ['root', companyPlace(id)]
}

function projectPath(tree: Tree, id: string): Path | undefined {
  const project = tree.projects.get(id)
  const above = project && companyPath(tree, project.company)
  return above && [...above, projectPlace(id)]
}

function environmentPath(tree: Tree, on: Place): Path | undefined {
  const [projectId, envId = ''] = partsOf(idOf(on))
  const above = projectPath(tree, projectId)
  return above && tree.environmentAt(projectId, envId) && [...above, on]
}

/** A place with all that is above it; undefined when any of it is not there (any more). */
export function pathOf(tree: Tree, on: Place): Path | undefined {
  switch (levelOf(on)) {
    case 'root':
      return ['root']
    case 'company':
      return companyPath(tree, idOf(on))
    case 'project':
      return projectPath(tree, idOf(on))
    case 'environment':
      return environmentPath(tree, on)
  }
}

/** The company of a path; undefined for the root. */
export function companyOf([, company]: Path): Place | undefined {
  return company
}

/** The company of a place, as a list: it has none when that is gone, or for the root. */
export function companyAbove(tree: Tree, on: Place | undefined): readonly Place[] {
  const path = on && pathOf(tree, on)
  const company = path && companyOf(path)
  return company ? [company] : []
}

const absences = {
  root: 'company.not_found',
  company: 'company.not_found',
  project: 'project.not_found',
  environment: 'environment.not_found',
} as const satisfies Record<string, ProblemCode>

/** What somebody is told of a place that is not there, or that is none of their business. */
export function noSuchPlace(on: Place): Problem {
  return new Problem(absences[levelOf(on)], {})
}
