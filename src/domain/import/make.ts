import { companyPlace, projectPlace } from '../access/places.ts'
import { builtInRole } from '../access/roles.ts'
import { pathOf } from '../access/tree.ts'
import { writeCompany } from '../companies/companies.ts'
import { writeEnvironment } from '../environments/environments.ts'
import { trustedId } from '../ids.ts'
import { writeProject } from '../projects/projects.ts'
import { rolePermissions, roomForRole } from '../roles/limits.ts'
import { roleRecord } from '../roles/roles.ts'
import { makeAccount } from './account.ts'
import type { Ground } from './ground.ts'
import { type Made, made, refused, there } from './outcome.ts'
import type { ImportedKind, Part } from './parts.ts'

type PartOf<K extends ImportedKind> = Extract<Part, { readonly kind: K }>

/** Names as the management API stores them. */
const named = <G extends { readonly description?: string }>(name: string, given?: G) => ({
  name: name.normalize('NFC').trim(),
  ...(given?.description !== undefined && { description: given.description }),
})

/** The log names a record by its id for good: one that was ever there is not made anew. */
async function wasUsed({ ctx }: Ground, id: string): Promise<boolean> {
  return (await ctx.store.events({ id: `${id}:1`, limit: 1 })).length > 0
}

async function company(ground: Ground, { id, given }: PartOf<'company'>): Promise<Made> {
  const { ctx } = ground
  const found = await ctx.store.get('company', id)
  if (found?.live) return there
  if (await wasUsed(ground, id)) return refused('id_was_used')
  const place = { ...named(given.name, given), id: trustedId('company', id) }
  await writeCompany(ctx, place, (record) =>
    ground.write('company', { action: 'company.create', record }),
  )
  return made
}

async function project(ground: Ground, { id, given, companyId }: PartOf<'project'>): Promise<Made> {
  const { ctx } = ground
  const company = ground.known.companies.get(companyId)
  if (!company) return refused('company_is_absent')
  const found = await ctx.store.get('project', id)
  if (found?.live) return found.company === companyId ? there : refused('is_of_another_company')
  if (await wasUsed(ground, id)) return refused('id_was_used')
  const place = { ...named(given.name, given), id: trustedId('project', id), company: company.id }
  await writeProject(ctx, place, (record) =>
    ground.write('project', { action: 'project.create', record }),
  )
  return made
}

async function environment(
  ground: Ground,
  { given, projectId, companyId }: PartOf<'environment'>,
): Promise<Made> {
  const { ctx } = ground
  const { envId, label } = given
  const project = ground.known.projects.get(projectId)
  // Who names another's project here must not put anything below it.
  if (project?.company !== companyId || !pathOf(ground.known, projectPlace(projectId))) {
    return refused('project_is_absent')
  }
  const found = await ctx.store.find('environment', 'envId', `${projectId}\u0000${envId}`)
  if (found) return found.live ? there : refused('id_was_used')
  await writeEnvironment(ctx, { ...named(label), project, envId }, (record) =>
    ground.write('environment', { action: 'environment.create', record }),
  )
  return made
}

async function role(ground: Ground, { id, given }: PartOf<'role'>): Promise<Made> {
  const { ctx } = ground
  const { companyId } = given
  if (!pathOf(ground.known, companyPlace(companyId))) return refused('company_is_absent')
  if (builtInRole(id)) return refused('role_is_built_in')
  const found = await ctx.store.get('role', id)
  if (found?.live) return found.company === companyId ? there : refused('is_of_another_company')
  if (await wasUsed(ground, id)) return refused('id_was_used')
  const permissions = rolePermissions(given.permissions)
  const room = roomForRole(ground, companyId)
  if (room.count() >= room.most) throw room.full()
  const place = { ...named(given.name, given), id: trustedId('role', id), companyId, permissions }
  await ground.write('role', { action: 'role.create', record: roleRecord(ctx, place) })
  return made
}

/** Makes one record, unless it is there, or may not be. Fails with a problem that says why not. */
export function makePart(ground: Ground, part: Part): Promise<Made> {
  switch (part.kind) {
    case 'company':
      return company(ground, part)
    case 'project':
      return project(ground, part)
    case 'environment':
      return environment(ground, part)
    case 'role':
      return role(ground, part)
    case 'account':
      return makeAccount(ground, part.given)
  }
}
