import type { Id } from '../ids.ts'
import { number, object, type Shape, text } from '../shape.ts'
import { type Versioned, versionedMembers } from '../versioned.ts'

/** A project of a company. Times are milliseconds. */
export interface Project extends Versioned {
  readonly id: Id<'project'>
  readonly company: Id<'company'>
  readonly name: string
  /** Made of the name, unique within the company; it stays when the name changes. */
  readonly slug: string
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
  description: text(),
  createdAt: number,
  createdBy: text(),
  updatedAt: number,
})
