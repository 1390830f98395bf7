import { type Binding, bindingShape } from '../access/binding.ts'
import { type SubjectRef, subjectShape } from '../companies/company.ts'
import type { Id } from '../ids.ts'
import { list, number, object, optional, type Shape, text } from '../shape.ts'
import { type Versioned, versionedMembers } from '../versioned.ts'

/** A group of people and accounts of a company: each member has what is bound to it. */
export interface Group extends Versioned {
  readonly id: Id<'group'>
  readonly company: Id<'company'>
  readonly name: string
  /** What a trusted issuer calls it in its claim of groups; absent: as we do. */
  readonly externalName?: string
  readonly members: readonly SubjectRef[]
  readonly bindings: readonly Binding[]
  readonly createdAt: number
  readonly createdBy: string
  readonly updatedAt: number
}

/** What is stored of a group. */
export const groupShape: Shape<Group> = object<Group>({
  ...versionedMembers,
  id: text<Id<'group'>>(),
  company: text<Id<'company'>>(),
  name: text(),
  externalName: optional(text()),
  members: list(subjectShape),
  bindings: list(bindingShape),
  createdAt: number,
  createdBy: text(),
  updatedAt: number,
})
