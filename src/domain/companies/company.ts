import { type OwnerEnding, ownerEndingsShape } from '../ending.ts'
import type { Id } from '../ids.ts'
import { count, flag, number, object, oneOf, optional, type Shape, text } from '../shape.ts'
import { type Versioned, versionedMembers } from '../versioned.ts'

/** Whether the accounts of a company may log in. */
export const companyStates = ['enabled', 'disabled'] as const

/** One of the states of a company. */
export type CompanyState = (typeof companyStates)[number]

/** Who can be bound to a role, or be in a group: an account by its client id, or a person. */
export interface SubjectRef {
  readonly kind: 'account' | 'person'
  readonly id: string
}

/** Whether two name the same. */
export function isSame(one: SubjectRef) {
  return (other: SubjectRef) => one.kind === other.kind && one.id === other.id
}

/** What is stored of a subject. */
export const subjectShape: Shape<SubjectRef> = object<SubjectRef>({
  kind: oneOf('account', 'person'),
  id: text(),
})

/** A company: the top of a tree of projects and their environments. Times are milliseconds. */
export interface Company extends Versioned {
  readonly id: Id<'company'>
  readonly name: string
  /** It got its name by a change: others may be called so, of which who changed it may know nothing. */
  readonly hasSharedName?: boolean
  /** Made of the name, unique among companies; it stays when the name changes. */
  readonly slug: string
  readonly description: string
  readonly state: CompanyState
  /** Raised when it is disabled or enabled: access tokens of its accounts of before have ended. */
  readonly generation?: number
  /** Who made it, and owns it as long as nobody changes that. */
  readonly founder?: SubjectRef
  /** What may take the role of an owner from somebody at any moment; absent: nothing. */
  readonly ending?: readonly OwnerEnding[]
  readonly createdAt: number
  readonly createdBy: string
  readonly updatedAt: number
}

/** What is stored of a company. */
export const companyShape: Shape<Company> = object<Company>({
  ...versionedMembers,
  id: text<Id<'company'>>(),
  name: text(),
  hasSharedName: optional(flag),
  slug: text(),
  description: text(),
  state: oneOf(...companyStates),
  generation: optional(count),
  founder: optional(subjectShape),
  ending: optional(ownerEndingsShape),
  createdAt: number,
  createdBy: text(),
  updatedAt: number,
})
