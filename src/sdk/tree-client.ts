import { kinds, type Page } from './answers.ts'
import { type Caller, type Change, type ReadOptions, type Tagged, tagged } from './calls.ts'
import type { ListFilter } from './management.ts'
import type { CursorOptions } from './paging.ts'
import { pathTo } from './paths.ts'
import { pagesOf } from './reading.ts'
import type {
  CompaniesFilter,
  Company,
  CompanyPatch,
  Environment,
  NewPlace,
  PlacePatch,
  Project,
  ProjectsFilter,
} from './tree.ts'
import type { CallOptions } from './waiting.ts'

type Where = CursorOptions & ReadOptions

/** Companies: those that the caller may see. */
export interface Companies {
  readonly create: (input: NewPlace, options?: CallOptions) => Promise<Tagged<Company>>
  readonly list: (filter?: CompaniesFilter & Where) => Promise<Page<Company>>
  readonly read: (companyId: string, options?: ReadOptions) => Promise<Tagged<Company>>
  readonly update: Change<[companyId: string, patch: CompanyPatch], Tagged<Company>>
  /** With everything below it, for good. */
  readonly delete: Change<[companyId: string], void>
}

/** Projects: those that the caller may see. */
export interface Projects {
  readonly create: (
    companyId: string,
    input: NewPlace,
    options?: CallOptions,
  ) => Promise<Tagged<Project>>
  readonly list: (filter?: ProjectsFilter & Where) => Promise<Page<Project>>
  readonly read: (projectId: string, options?: ReadOptions) => Promise<Tagged<Project>>
  readonly update: Change<[projectId: string, patch: PlacePatch], Tagged<Project>>
  /** With its environments, for good. */
  readonly delete: Change<[projectId: string], void>
}

/** Environments of projects: those that the caller may see. */
export interface Environments {
  readonly create: (
    projectId: string,
    input: NewPlace,
    options?: CallOptions,
  ) => Promise<Tagged<Environment>>
  readonly list: (projectId: string, filter?: ListFilter & Where) => Promise<Page<Environment>>
  readonly read: (
    projectId: string,
    envId: string,
    options?: ReadOptions,
  ) => Promise<Tagged<Environment>>
  readonly update: Change<
    [projectId: string, envId: string, patch: PlacePatch],
    Tagged<Environment>
  >
  readonly delete: Change<[projectId: string, envId: string], void>
}

const companies = '/api/companies'
const projects = '/api/projects'

/** The calls about companies. */
export function companiesOf(call: Caller): Companies {
  return {
    create: async (body, given) =>
      tagged(await call('POST', companies, { ...given, body }), kinds.company),
    list: pagesOf(call, companies, kinds.company),
    read: async (id, given) =>
      tagged(await call('GET', pathTo(companies, id), given), kinds.company),
    update: async (id, body, given) =>
      tagged(await call('PATCH', pathTo(companies, id), { ...given, body }), kinds.company),
    delete: async (id, given) => {
      await call('DELETE', pathTo(companies, id), given)
    },
  }
}

/** The calls about projects. */
export function projectsOf(call: Caller): Projects {
  return {
    create: async (companyId, body, given) => {
      const path = pathTo(companies, companyId, 'projects')
      return tagged(await call('POST', path, { ...given, body }), kinds.project)
    },
    list: async ({ companyIds, ...filter } = {}) => {
      const asked = { ...filter, tenantIds: companyIds?.join(',') }
      return await pagesOf(call, projects, kinds.project)(asked)
    },
    read: async (id, given) =>
      tagged(await call('GET', pathTo(projects, id), given), kinds.project),
    update: async (id, body, given) =>
      tagged(await call('PATCH', pathTo(projects, id), { ...given, body }), kinds.project),
    delete: async (id, given) => {
      await call('DELETE', pathTo(projects, id), given)
    },
  }
}

/** The calls about environments. */
export function environmentsOf(call: Caller): Environments {
  const pathOf = (projectId: string, ...rest: readonly string[]) =>
    pathTo(projects, projectId, 'environments', ...rest)
  return {
    create: async (projectId, body, given) =>
      tagged(await call('POST', pathOf(projectId), { ...given, body }), kinds.environment),
    list: async (projectId, filter) =>
      await pagesOf(call, pathOf(projectId), kinds.environment)(filter),
    read: async (projectId, envId, given) =>
      tagged(await call('GET', pathOf(projectId, envId), given), kinds.environment),
    update: async (projectId, envId, ...[body, given]) => {
      const path = pathOf(projectId, envId)
      return tagged(await call('PATCH', path, { ...given, body }), kinds.environment)
    },
    delete: async (projectId, envId, given) => {
      await call('DELETE', pathOf(projectId, envId), given)
    },
  }
}
