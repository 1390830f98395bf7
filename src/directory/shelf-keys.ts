import type { SubjectRef } from '../domain/companies/company.ts'
import type { Group } from '../domain/groups/group.ts'
import { foldMail, foldName } from '../domain/names.ts'
import type { Identity, User } from '../domain/users/user.ts'

/** How somebody is named as a key. */
export function subjectKey({ kind, id }: SubjectRef): string {
  return `${kind}:${id}`
}

/** How an issuer names somebody. */
export function identityKey({ issuer, subject }: Identity): string {
  return `identity:${issuer}\u0000${subject}`
}

/** By what groups are found. */
export function groupKeys({ name, externalName = name, members }: Group): readonly string[] {
  return [`named:${foldName(externalName)}`, ...members.map(subjectKey)]
}

/** By what people are found: an address that no issuer vouches for says nothing of who somebody is. */
export function userKeys({ identity, email, emailVerified, bindings }: User): readonly string[] {
  const isTheirs = email !== undefined && (emailVerified === true || identity === undefined)
  return [
    ...(identity ? [identityKey(identity)] : []),
    ...(isTheirs ? [`mail:${foldMail(email)}`] : []),
    ...bindings.map(({ on }) => `on:${on}`),
  ]
}
