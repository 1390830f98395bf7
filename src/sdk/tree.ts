import type { ListFilter } from './management.ts'

// Companies, projects and environments as the management API takes and answers them, by hand: what is
// published imports nothing of the server. test/sdk/types.test.ts holds it to the schemas of the routes.

interface Place {
  readonly name: string
  /** Made of the name; it stays when the name changes. */
  readonly slug: string
  readonly description: string
  /** RFC 3339, as all times here. */
  readonly createdAt: string
  readonly createdBy: string
  readonly updatedAt: string
}

/** A company: it owns projects, service accounts, groups and roles. */
export interface Company extends Place {
  readonly companyId: string
  /** The same id. */
  readonly tenantId: string
  readonly state: 'enabled' | 'disabled'
}

interface EnvironmentName {
  readonly envId: string
  /** Its name. */
  readonly label: string
  /** A DNS label that no other environment has. */
  readonly namespace: string
}

interface EnvironmentOfProject extends EnvironmentName {
  /** As clients of the console read it: the same namespace. */
  readonly cluster: { readonly namespace: string }
  /** Always false. */
  readonly isProduction: boolean
}

/** A project of a company, with those of its environments that the caller may see. */
export interface Project extends Place {
  /** The same as `projectId`. */
  readonly _id: string
  readonly projectId: string
  readonly companyId: string
  /** The same as `companyId`. */
  readonly tenantId: string
  readonly environments: readonly EnvironmentOfProject[]
}

/** An environment of a project. */
export interface Environment extends Place, EnvironmentName {
  readonly projectId: string
  readonly companyId: string
}

/** What creates a company, a project or an environment. */
export interface NewPlace {
  readonly name: string
  readonly description?: string | undefined
}

/** What changes a project or an environment: at least one member; what is absent stays. */
export interface PlacePatch {
  readonly name?: string | undefined
  readonly description?: string | undefined
}

/** What changes a company: at least one member; what is absent stays. */
export interface CompanyPatch extends PlacePatch {
  readonly state?: Company['state'] | undefined
}

/** Which companies are asked for, and in which order. */
export interface CompaniesFilter extends ListFilter {
  readonly state?: Company['state'] | undefined
}

/** Which projects are asked for, and in which order. */
export interface ProjectsFilter extends ListFilter {
  /** Of these companies; of all, when none is named. */
  readonly companyIds?: readonly string[] | undefined
}
