import { type OwnerEnding, ownerEndingsShape } from '../ending.ts'
import type { Id } from '../ids.ts'
import { flag, list, number, object, oneOf, optional, type Shape, text } from '../shape.ts'
import { type Versioned, versionedMembers } from '../versioned.ts'

/** Somebody who shall own a project: a person who is known, or whoever has a mail address. */
export interface PendingOwner {
  readonly by: 'id' | 'email'
  readonly value: string
}

/** A project of a company. Times are milliseconds. */
export interface Project extends Versioned {
  readonly id: Id<'project'>
  readonly company: Id<'company'>
  readonly name: string
  /** Made of the name, unique within the company; it stays when the name changes. */
  readonly slug: string
  /** Whether others of its company may be called alike, as Kubermatic has it. */
  readonly sharesName?: boolean
  /** Its owners, as long as they are not let in: they are bound to it by records of their own. */
  readonly pendingOwners?: readonly PendingOwner[]
  /** What may take the role of an owner from somebody at any moment; absent: nothing. */
  readonly ending?: readonly OwnerEnding[]
  readonly description: string
  readonly createdAt: number
  readonly createdBy: string
  readonly updatedAt: number
}

/** What is stored of a project. */
export const projectShape: Shape<Project> = object<Project>({
  ...versionedMembers,
  id: text<Id<'project'>>(),
  company: text<Id<'company'>>(),
  name: text(),
  slug: text(),
  sharesName: optional(flag),
  pendingOwners: optional(list(object<PendingOwner>({ by: oneOf('id', 'email'), value: text() }))),
  ending: optional(ownerEndingsShape),
  description: text(),
  createdAt: number,
  createdBy: text(),
  updatedAt: number,
})
