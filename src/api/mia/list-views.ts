import type { Attention } from '../../domain/attention/read.ts'
import type { Section } from '../../domain/attention/rows.ts'
import type { IdentityRoles } from '../../domain/identities/roles.ts'
import { iso } from './views.ts'

/** Somebody who can hold roles in a company, with those that are held. */
export function identity({ identity: { id, name, type }, onCompany, projects }: IdentityRoles) {
  const { roles: companyRoles, ...onCompanyToo } = onCompany
  return {
    identityId: id,
    name,
    identityType: type,
    companyRoles,
    ...onCompanyToo,
    projects: projects.map(({ projectId, ...rest }) => ({ _id: projectId, ...rest })),
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
