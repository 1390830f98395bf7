import type { Facts } from '../audit/event.ts'
import { flag, list, number, object, oneOf, optional, type Shape, text } from '../shape.ts'
import { type Versioned, versionedMembers } from '../versioned.ts'

/** What an issuer can be. */
export const issuerStates = ['enabled', 'disabled'] as const

/** Somebody else's server whose tokens say who a person is, and how such a token is read. */
export interface TrustedIssuer {
  readonly id: string
  readonly name: string
  /** Its identifier, as it stands in `iss` (OpenID Connect Core §2). With the subject it names a person. */
  readonly issuer: string
  /** What `aud` of a token must hold. */
  readonly audience: string
  /** The claim that is the same for one person for good, and for nobody else. */
  readonly personClaim: string
  readonly nameClaim: string
  readonly emailClaim: string
  /** The claim that carries groups; absent: none are read. */
  readonly groupsClaim?: string
  /** What this server is called there, for sign-in in a browser. */
  readonly clientId?: string
  /** Whether it may be read over plain http, on the loopback interface. */
  readonly allowInsecure: boolean
  /** Ids of the companies whose groups its group claims match. */
  readonly companies: readonly string[]
}

/** A trusted issuer as it is kept. Times are milliseconds. */
export interface Issuer extends Versioned, TrustedIssuer {
  readonly state: (typeof issuerStates)[number]
  readonly createdAt: number
  readonly createdBy: string
  readonly updatedAt: number
}

/** Whether the tokens of an issuer are taken. */
export function isTrusted(issuer: Issuer | undefined): issuer is Issuer {
  return issuer?.live === true && issuer.state === 'enabled'
}

/** What is stored of a trusted issuer. */
export const issuerShape: Shape<Issuer> = object<Issuer>({
  ...versionedMembers,
  name: text(),
  issuer: text(),
  audience: text(),
  personClaim: text(),
  nameClaim: text(),
  emailClaim: text(),
  groupsClaim: optional(text()),
  clientId: optional(text()),
  allowInsecure: flag,
  companies: list(text()),
  state: oneOf(...issuerStates),
  createdAt: number,
  createdBy: text(),
  updatedAt: number,
})

/** The claims that are read when an issuer names no others (OpenID Connect Core §5.1). */
export const usualClaims = { personClaim: 'sub', nameClaim: 'name', emailClaim: 'email' } as const

/** What the log says of an issuer: all that it is. */
export function issuerFacts(record: Issuer): Facts {
  const { name, issuer, audience, personClaim, nameClaim, emailClaim, state } = record
  const { groupsClaim, clientId, allowInsecure, companies } = record
  return {
    name,
    issuer,
    audience,
    state,
    ...{ personClaim, nameClaim, emailClaim, ...(groupsClaim !== undefined && { groupsClaim }) },
    ...(clientId !== undefined && { clientId }),
    allowInsecure,
    companies,
  }
}

/** What the settings say of issuers: no record stands beside one of them, or beside this server. */
export interface SettledIssuers {
  /** What this server is called. */
  readonly own: string
  readonly configured: readonly TrustedIssuer[]
}
