import { type Binding, bindingShape } from '../access/binding.ts'
import { type RootPermission, rootPermissionNames } from '../access/permissions.ts'
import type { Id } from '../ids.ts'
import { flag, list, number, object, oneOf, optional, type Shape, text } from '../shape.ts'
import { type Versioned, versionedMembers } from '../versioned.ts'

/** Who a person is for a trusted issuer: this pair names one person, a mail address alone does not. */
export interface Identity {
  /** The `iss` of its tokens. */
  readonly issuer: string
  readonly subject: string
}

/** Whether a person is let in. */
const userStates = ['enabled', 'disabled'] as const

/** Whether somebody signed in yet, and is let in. */
export const shownUserStates = ['invited', ...userStates] as const

/** One of them. */
export type ShownUserState = (typeof shownUserStates)[number]

/** Whether a person signed in yet, and is let in. */
export function shownState({ identity, state }: Pick<User, 'identity' | 'state'>): ShownUserState {
  return state === 'enabled' && identity === undefined ? 'invited' : state
}

/** A person: somebody who signed in, or whom somebody invited. Times are milliseconds. */
export interface User extends Versioned {
  readonly id: Id<'user'>
  /** Absent as long as an invitation is not claimed. */
  readonly identity?: Identity
  /** Of an invitation that is about to end: the id of the person who gets what it gives. */
  readonly claimedBy?: string
  readonly name: string
  readonly email?: string
  /** Whether an issuer vouches for the address. */
  readonly emailVerified?: boolean
  /** When name and address were last taken from a token; absent as long as nobody signed in. */
  readonly renewedAt?: number
  readonly state: (typeof userStates)[number]
  readonly permissions: readonly RootPermission[]
  readonly bindings: readonly Binding[]
  readonly createdAt: number
  readonly createdBy: string
  readonly updatedAt: number
}

/** What is stored of a person. */
export const userShape: Shape<User> = object<User>({
  ...versionedMembers,
  id: text<Id<'user'>>(),
  identity: optional(object<Identity>({ issuer: text(), subject: text() })),
  claimedBy: optional(text()),
  name: text(),
  email: optional(text()),
  emailVerified: optional(flag),
  renewedAt: optional(number),
  state: oneOf(...userStates),
  permissions: list(oneOf(...rootPermissionNames)),
  bindings: list(bindingShape),
  createdAt: number,
  createdBy: text(),
  updatedAt: number,
})
