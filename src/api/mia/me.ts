import type { BoundRole } from '../../domain/access/bound.ts'
import { idOf, levelOf, levels } from '../../domain/access/places.ts'
import type { Me } from '../../domain/users/me.ts'
import { Type } from '../../schema/type.ts'

const count = (description: string) => Type.Integer({ description })

/** Who asks, by what right, and what they may see. */
export const MeReply = Type.Object({
  kind: Type.Enum(['user', 'serviceaccount']),
  id: Type.String({ description: 'the id of a person, or a client id' }),
  name: Type.String(),
  email: Type.Optional(Type.String()),
  permissions: Type.Array(Type.String(), {
    description: 'what they may do in the whole installation, as far as the token goes',
  }),
  roles: Type.Array(
    Type.Object({
      role: Type.String(),
      level: Type.Enum(levels.filter((level) => level !== 'root')),
      resource: Type.String({ description: 'the id of what it is held on' }),
      source: Type.Enum(['own', 'group', 'founder']),
      group: Type.Optional(Type.String({ description: 'the group that hands it on' })),
    }),
    { description: 'at most 1000 of them' },
  ),
  companies: Type.Array(
    Type.Object({
      companyId: Type.String(),
      tenantId: Type.String({ description: 'the same id' }),
      name: Type.String(),
      slug: Type.String(),
    }),
    {
      description:
        'those that they may see, or in which they see something by a role; at most 1000 of them',
    },
  ),
  projects: Type.Array(
    Type.Object({
      projectId: Type.String(),
      companyId: Type.String(),
      tenantId: Type.String({ description: 'the same as companyId' }),
      name: Type.String(),
      slug: Type.String(),
    }),
    { description: 'those that they may see; at most 1000 of them' },
  ),
  totals: Type.Object({
    roles: count('how many roles they hold'),
    companies: count('how many such companies there are'),
    projects: count('how many projects they may see'),
  }),
})

function sourceOf({ group, isFounder }: BoundRole) {
  if (group !== undefined) return { source: 'group', group } as const
  return isFounder ? ({ source: 'founder' } as const) : ({ source: 'own' } as const)
}

function roleView(held: BoundRole) {
  const level = levelOf(held.on)
  if (level === 'root') return []
  return [{ role: held.role, level, resource: idOf(held.on), ...sourceOf(held) }]
}

/** Who asks, as this dialect says it. */
export function meView({ kind, id, name, email, permissions, roles, companies, projects }: Me) {
  return {
    kind: kind === 'person' ? ('user' as const) : ('serviceaccount' as const),
    id,
    name,
    ...(email !== undefined && { email }),
    permissions,
    roles: roles.first.flatMap(roleView),
    companies: companies.first.map((company) => ({
      companyId: company.id,
      tenantId: company.id,
      name: company.name,
      slug: company.slug,
    })),
    projects: projects.first.map((project) => ({
      projectId: project.id,
      companyId: project.company,
      tenantId: project.company,
      name: project.name,
      slug: project.slug,
    })),
    totals: { roles: roles.total, companies: companies.total, projects: projects.total },
  }
}
