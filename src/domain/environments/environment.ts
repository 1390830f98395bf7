import type { Id } from '../ids.ts'
import { number, object, type Shape, text } from '../shape.ts'
import { type Versioned, versionedMembers } from '../versioned.ts'

/** A runtime environment of a project. Times are milliseconds. */
export interface Environment extends Versioned {
  readonly id: Id<'environment'>
  readonly company: Id<'company'>
  readonly project: Id<'project'>
  /** What it is called within its project by callers; never given to another one. */
  readonly envId: string
  readonly name: string
  /** Made of the name, unique within the project; it stays when the name changes. */
  readonly slug: string
  readonly description: string
  /** A DNS label (RFC 1123) that no other environment of this server has. */
  readonly namespace: string
  readonly createdAt: number
  readonly createdBy: string
  readonly updatedAt: number
}

/** What is stored of an environment. */
export const environmentShape: Shape<Environment> = object<Environment>({
  ...versionedMembers,
  id: text<Id<'environment'>>(),
  company: text<Id<'company'>>(),
  project: text<Id<'project'>>(),
  envId: text(),
  name: text(),
  slug: text(),
  description: text(),
  namespace: text(),
  createdAt: number,
  createdBy: text(),
  updatedAt: number,
})
