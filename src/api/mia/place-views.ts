import type { Binding } from '../../domain/access/binding.ts'
import { idOf, levelOf, partsOf, projectIdOf } from '../../domain/access/places.ts'
import type { Created } from '../../domain/accounts/create.ts'
import type { SeenAccount } from '../../domain/accounts/standing.ts'
import type { AccountState } from '../../domain/accounts/states.ts'
import type { Company } from '../../domain/companies/company.ts'
import type { Environment } from '../../domain/environments/environment.ts'
import type { Project } from '../../domain/projects/project.ts'
import * as view from './views.ts'

const iso = (at: number) => new Date(at).toISOString()

function place(record: Company | Project | Environment) {
  const { name, slug, description, createdAt, createdBy, updatedAt } = record
  return {
    name,
    slug,
    description,
    createdAt: iso(createdAt),
    createdBy,
    updatedAt: iso(updatedAt),
  }
}

/** A company, as this dialect shows it. */
export function company(record: Company) {
  return { companyId: record.id, tenantId: record.id, ...place(record), state: record.state }
}

function environmentIn({ envId, name, namespace }: Environment) {
  return { envId, label: name, namespace }
}

/** The same in a project, where clients of the console look for its cluster: there is none, so none is named. */
function environmentOfProject(record: Environment) {
  const { namespace } = record
  return { ...environmentIn(record), cluster: { namespace }, isProduction: false }
}

/** A project with its environments. */
export function project(record: Project, environments: readonly Environment[]) {
  const { id, company: owner } = record
  return {
    _id: id,
    projectId: id,
    companyId: owner,
    tenantId: owner,
    ...place(record),
    environments: environments.map(environmentOfProject),
  }
}

/** An environment, as this dialect shows it. */
export function environment(record: Environment) {
  const { project: projectId, company: companyId } = record
  return { ...environmentIn(record), projectId, companyId, ...place(record) }
}

/** The roles on the company itself. */
export function companyRoles(bindings: readonly Binding[]): readonly string[] {
  return bindings.filter(({ on }) => levelOf(on) === 'company').map(({ role }) => role)
}

/** The roles below the company, by project. */
export function projectRoles(bindings: readonly Binding[]) {
  const below = bindings.filter(({ on }) => levelOf(on) !== 'company')
  return [...Map.groupBy(below, ({ on }) => projectIdOf(on))].map(([id, some]) => {
    const environments = some.filter(({ on }) => levelOf(on) === 'environment')
    return {
      _id: id,
      roles: some.filter(({ on }) => levelOf(on) === 'project').map(({ role }) => role),
      environments: environments.map(({ on, role }) => ({
        envId: partsOf(idOf(on))[1] ?? '',
        roles: [role],
      })),
    }
  })
}

/** The one reply that holds a new secret of an account of a company. */
export function createdCompanyAccount(made: Created) {
  const { owner, bindings, credentials } = made.account
  const end = credentials[0]?.expiresAt
  return {
    ...view.created(made),
    clientSecretExpiresAt: end === undefined ? 0 : Math.floor(end / 1000),
    company: idOf(owner),
    projects: projectRoles(bindings),
  }
}

const states = {
  enabled: 'enabled',
  disabled: 'disabled',
  draft: 'DRAFT',
  trash: 'TRASH',
  deleted: 'DELETED',
} as const satisfies Record<AccountState, string>

/** An account of a company, and what a page shows beside it. */
export function companyAccount(seen: SeenAccount) {
  const { account: record, roles, lastUse } = seen
  const { clientId, name, description, state, authMethod, audiences, jwksUri } = record
  return {
    clientId,
    name,
    description,
    state: states[state],
    authMethod,
    companyRoles: companyRoles(roles),
    projects: projectRoles(roles),
    audiences,
    ...(record.defaultAudience !== undefined && { defaultAudience: record.defaultAudience }),
    ...(record.allowedCustomClaims && { allowedCustomClaims: record.allowedCustomClaims }),
    ...(jwksUri !== undefined && { jwksUri }),
    lastLogin: lastUse ? iso(lastUse.at) : '',
    ...view.standing(seen),
    createdAt: iso(record.createdAt),
    createdBy: record.createdBy,
    updatedAt: iso(record.updatedAt),
  }
}
