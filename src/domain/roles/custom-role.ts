import { type Permission, permissionNames } from '../access/permissions.ts'
import type { Id } from '../ids.ts'
import { list, number, object, oneOf, type Shape, text } from '../shape.ts'
import { type Versioned, versionedMembers } from '../versioned.ts'

/** Where a role of a company may be held. */
export const customRoleLevels = ['company', 'project', 'environment'] as const

/** A role that a company made for itself. Times are milliseconds. */
export interface CustomRole extends Versioned {
  readonly id: Id<'role'>
  readonly company: Id<'company'>
  readonly name: string
  readonly description: string
  readonly permissions: readonly Permission[]
  readonly createdAt: number
  readonly createdBy: string
  readonly updatedAt: number
}

/** What is stored of such a role. */
export const customRoleShape: Shape<CustomRole> = object<CustomRole>({
  ...versionedMembers,
  id: text<Id<'role'>>(),
  company: text<Id<'company'>>(),
  name: text(),
  description: text(),
  permissions: list(oneOf(...permissionNames)),
  createdAt: number,
  createdBy: text(),
  updatedAt: number,
})
