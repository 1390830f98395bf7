import type { Attention } from '../../domain/attention/read.ts'
import type { Section } from '../../domain/attention/rows.ts'
import type { IdentityRoles, RolesOn } from '../../domain/identities/roles.ts'
import { iso } from './views.ts'

function rolesOn({ roles, effectiveRoles, inherited }: RolesOn) {
  return {
    roles,
    effectiveRoles,
    inherited: inherited.map(({ role, source, group }) => {
      return { role, source, ...(group !== undefined && { group }) }
    }),
  }
}

/** Somebody who can hold roles in a company, with those that are held. */
export function identity({ identity: { id, name, type }, companyRoles, projects }: IdentityRoles) {
  return {
    identityId: id,
    name,
    identityType: type,
    companyRoles,
    projects: projects.map((project) => ({
      _id: project.projectId,
      ...rolesOn(project),
      environments: project.environments.map(({ envId, ...roles }) => {
        return { envId, ...rolesOn(roles) }
      }),
    })),
  }
}

function section({ count, first }: Section) {
  return { count, first: first.map(({ at, ...row }) => ({ ...row, at: iso(at) })) }
}

/** What of some accounts somebody should look at. */
export function attention({ expiring, unused, rotating, drafts, refusedLogins }: Attention) {
  return {
    expiring: section(expiring),
    unused: section(unused),
    rotating: section(rotating),
    drafts: section(drafts),
    refusedLogins: section(refusedLogins),
  }
}
