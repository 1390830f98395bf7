import type { IdentityRoles, RolesOn } from '../../domain/identities/roles.ts'

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
