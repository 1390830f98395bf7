import type { TrustedIssuer } from './issuer.ts'

/** A person as a trusted issuer names them. */
export interface VerifiedPerson {
  /** The URL of the issuer: with the subject it says who somebody is, and nothing else does. */
  readonly issuer: string
  readonly subject: string
  /** For people to read: the subject, where the issuer tells no name that can be shown. */
  readonly name: string
  readonly email?: string
  /** Whether the issuer vouches for the address: no other claims an invitation. */
  readonly emailVerified: boolean
  readonly groups: readonly string[]
  /** Ids of the companies whose groups these groups match. */
  readonly companies: readonly string[]
}

/** Why the claims of a person cannot be used. */
export type PersonFault = 'bad_subject' | 'bad_groups' | 'too_many_groups' | 'groups_elsewhere'

type Claims = Readonly<Record<string, unknown>>

/** One with more refuses the token: left out, a group could be the one that a right hangs on. */
const mostGroups = 1000
const longest = { subject: 256, name: 256, email: 254, group: 256 } as const

/** What shows nothing, or turns the direction of what is around it (UAX #44, UAX #9). */
const unseen = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u

const claimOf = (claims: Claims, name: string): unknown =>
  Object.hasOwn(claims, name) ? claims[name] : undefined

/** A text that can be shown and compared; undefined for anything else. */
function textOf(value: unknown, most: number): string | undefined {
  if (typeof value !== 'string' || value.length > most || unseen.test(value)) return undefined
  return value.trim() === '' ? undefined : value
}

function emailOf(claims: Claims, { emailClaim }: TrustedIssuer) {
  const email = textOf(claimOf(claims, emailClaim), longest.email)
  if (email === undefined || !/^[^\s@]+@[^\s@]+$/.test(email)) return { emailVerified: false }
  // OpenID Connect Core §5.1: what is verified is the claim email, and no other that may hold one.
  const isVouchedFor = emailClaim === 'email' && claimOf(claims, 'email_verified') === true
  return { email, emailVerified: isVouchedFor }
}

/** OpenID Connect Core §5.6.2: too many for the token, so they are to be fetched somewhere. */
function areElsewhere(claims: Claims, groupsClaim: string): boolean {
  const names = claimOf(claims, '_claim_names')
  return typeof names === 'object' && names !== null && Object.hasOwn(names, groupsClaim)
}

function groupsOf(claims: Claims, { groupsClaim }: TrustedIssuer): readonly string[] | PersonFault {
  if (groupsClaim === undefined) return []
  if (areElsewhere(claims, groupsClaim)) return 'groups_elsewhere'
  const value = claimOf(claims, groupsClaim)
  const given: readonly unknown[] = value === undefined ? [] : [value].flat()
  if (given.length > mostGroups) return 'too_many_groups'
  const groups = given.map((group) => textOf(group, longest.group))
  const good = groups.filter((group) => group !== undefined)
  return good.length === groups.length ? [...new Set(good)] : 'bad_groups'
}

/** Reads who somebody is from the claims of a token that was verified. */
export function readPerson(claims: Claims, trusted: TrustedIssuer): VerifiedPerson | PersonFault {
  const subject = textOf(claimOf(claims, trusted.personClaim), longest.subject)
  if (subject === undefined) return 'bad_subject'
  const groups = groupsOf(claims, trusted)
  if (typeof groups === 'string') return groups
  const { issuer, companies } = trusted
  const name = textOf(claimOf(claims, trusted.nameClaim), longest.name) ?? subject
  return { issuer, subject, name, ...emailOf(claims, trusted), groups, companies }
}
