import { levelOfPermission } from '../../domain/access/ladder.ts'
import { type Permission, permissions } from '../../domain/access/permissions.ts'
import { levels } from '../../domain/access/places.ts'
import type { Role } from '../../domain/access/role.ts'
import { permissionsOf } from '../../domain/access/roles.ts'
import { type CustomRole, customRoleLevels } from '../../domain/roles/custom-role.ts'
import { Type } from '../../schema/type.ts'
import { closed, description, name } from './schemas.ts'
import { iso } from './views.ts'

const wanted = Type.Array(Type.String({ maxLength: 128, expected: 'a permission' }), {
  maxItems: 100,
  expected: 'an array of permissions on companies, projects and environments',
})

/** What makes a role of a company. */
export const CreateRole = Type.Object(
  { name, description: Type.Optional(description), permissions: wanted },
  closed,
)

/** What changes a role of a company; what is absent stays. */
export const PatchRole = Type.Object(
  {
    name: Type.Optional(name),
    description: Type.Optional(description),
    permissions: Type.Optional(wanted),
  },
  { ...closed, minProperties: 1, expected: 'a JSON object with name, description or permissions' },
)

const level = Type.Enum([...levels])
const roleMembers = {
  roleId: Type.String({ description: 'as it is named wherever a role is given' }),
  name: Type.String(),
  description: Type.String(),
  levels: Type.Array(level, { description: 'where it may be held' }),
  permissions: Type.Array(Type.String(), { description: 'all that it holds on any of them' }),
}

/** One of the six roles that every company has. */
export const RoleReply = Type.Object(roleMembers)

const time = (said: string) => Type.String({ format: 'date-time', description: said })

/** A role that a company made for itself. */
export const CustomRoleReply = Type.Object({
  ...roleMembers,
  companyId: Type.String(),
  createdAt: time('when it was made'),
  createdBy: Type.String({ description: 'the client id, or the id of the person, of who made it' }),
  updatedAt: time('when it was last changed'),
})

/** A permission, and what it lets its holder do. */
export const PermissionReply = Type.Object({
  permission: Type.String(),
  level: Type.Enum([...levels], { description: 'on what it is asked about' }),
  description: Type.String(),
})

/** One of the six roles, as this dialect shows it. */
export function roleView(role: Role) {
  const { id, name: called, description: said, levels: on } = role
  return {
    roleId: id,
    name: called,
    description: said,
    levels: on,
    permissions: permissionsOf(role),
  }
}

/** A role of a company, as this dialect shows it. */
export function customRoleView(role: CustomRole) {
  const { createdAt, createdBy, updatedAt } = role
  return {
    roleId: role.id,
    companyId: role.company,
    name: role.name,
    description: role.description,
    levels: customRoleLevels,
    permissions: role.permissions,
    createdAt: iso(createdAt),
    createdBy,
    updatedAt: iso(updatedAt),
  }
}

/** A permission, as this dialect shows it. */
export function permissionView(permission: Permission) {
  return {
    permission,
    level: levelOfPermission(permission),
    description: permissions[permission],
  }
}
