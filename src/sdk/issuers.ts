// By hand, as all that is published: test/sdk/types.test.ts holds it to the schemas of the routes.

/** Somebody else's server whose tokens say who a person is. Times are RFC 3339. */
export interface TrustedIssuer {
  readonly id: string
  readonly name: string
  /** As it stands in `iss`. */
  readonly issuer: string
  /** What `aud` must hold. */
  readonly audience: string
  /** The claim that names a person for good. */
  readonly personClaim: string
  readonly nameClaim: string
  readonly emailClaim: string
  readonly groupsClaim?: string
  /** What the server is called there. */
  readonly clientId?: string
  readonly allowInsecure: boolean
  /** Ids of the companies whose groups its group claims match. */
  readonly companies: readonly string[]
  readonly state: 'enabled' | 'disabled'
  /** What stands in the settings of the server is changed there alone. */
  readonly source: 'settings' | 'record'
  readonly createdAt?: string
  /** The client id of who made it. */
  readonly createdBy?: string
  readonly updatedAt?: string
}

/** What makes a trusted issuer; `issuer` and `personClaim` are fixed for good. */
export interface NewIssuer {
  readonly name: string
  readonly issuer: string
  readonly audience: string
  readonly personClaim?: string | undefined
  readonly nameClaim?: string | undefined
  readonly emailClaim?: string | undefined
  readonly groupsClaim?: string | undefined
  readonly clientId?: string | undefined
  /** Lets it be read over plain http, on the machine of the server. */
  readonly allowInsecure?: boolean | undefined
  readonly companies?: readonly string[] | undefined
}

/** What changes a trusted issuer: at least one member; what is absent stays, null takes away. */
export interface IssuerPatch {
  readonly name?: string | undefined
  readonly audience?: string | undefined
  readonly nameClaim?: string | undefined
  readonly emailClaim?: string | undefined
  readonly groupsClaim?: string | null | undefined
  readonly clientId?: string | null | undefined
  readonly allowInsecure?: boolean | undefined
  readonly companies?: readonly string[] | undefined
  readonly state?: TrustedIssuer['state'] | undefined
}
