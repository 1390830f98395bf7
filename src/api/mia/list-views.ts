import type { IdentityRoles } from '../../domain/identities/roles.ts'

/** Somebody who can hold roles in a company, with those that are held. */
export function identity({ identity: { id, name, type }, companyRoles, projects }: IdentityRoles) {
  return {
    identityId: id,
    name,
    identityType: type,
    companyRoles,
    projects: projects.map(({ projectId, ...rest }) => ({ _id: projectId, ...rest })),
  }
}
