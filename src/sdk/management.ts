// What the management API takes and answers, by hand: what is published imports nothing of the server.
// test/sdk/types.test.ts holds it to the schemas of the routes, both ways.

/** A service account as the server shows it. Times are RFC 3339. */
export interface ServiceAccount {
  readonly clientId: string
  readonly name: string
  readonly description: string
  readonly state: 'enabled' | 'disabled' | 'draft' | 'trash' | 'deleted'
  readonly tokenEndpointAuthMethod: 'client_secret_basic' | 'private_key_jwt'
  readonly permissions: readonly string[]
  readonly audiences: readonly string[]
  /** What its tokens are for when no request names an audience. */
  readonly defaultAudience?: string
  /** Claims of its assertions that go into its tokens. */
  readonly allowedCustomClaims?: readonly string[]
  readonly jwksUri?: string
  readonly createdAt: string
  /** The client id of who made it. */
  readonly createdBy: string
  readonly updatedAt: string
  /** How many of its credentials are good. */
  readonly liveCredentials?: number
  /** When the next of them ends that no rotation put out of use. */
  readonly nextExpiresAt?: string
  readonly lastUsedAt?: string
  /** Whether a secret is still good that another took the place of. */
  readonly rotating?: boolean
}

/** PEM text or a public JWK; null and an empty JWK are none. */
export type PublicKeyInput = string | Readonly<Record<string, unknown>> | null

/** What creates a service account. */
export interface NewServiceAccount {
  readonly name: string
  /** An array, or one text with commas between them. */
  readonly permissions: string | readonly string[]
  readonly tokenEndpointAuthMethod: ServiceAccount['tokenEndpointAuthMethod']
  readonly description?: string | undefined
  readonly audiences?: readonly string[] | undefined
  /** One of the audiences. */
  readonly defaultAudience?: string | undefined
  readonly allowedCustomClaims?: readonly string[] | undefined
  readonly publicKey?: PublicKeyInput | undefined
  readonly jwksUri?: string | undefined
  /** The end of the first credential. */
  readonly expiresAt?: string | undefined
}

/** What changes a service account: at least one member; what is absent stays. */
export interface ServiceAccountPatch {
  readonly name?: string | undefined
  readonly description?: string | undefined
  /** An array, or one text with commas between them. */
  readonly permissions?: string | readonly string[] | undefined
  readonly audiences?: readonly string[] | undefined
  /** One of the audiences; null takes it away. */
  readonly defaultAudience?: string | null | undefined
  readonly allowedCustomClaims?: readonly string[] | undefined
  readonly state?: 'enabled' | 'disabled' | undefined
}

/** A service account that was just made. */
export interface CreatedAccount {
  readonly clientId: string
  /** Shown this once. */
  readonly clientSecret?: string
  readonly kid?: string
  /** Seconds. */
  readonly clientIdIssuedAt: number
}

/** What adds a credential: a public key, or else the server makes a secret. */
export interface NewCredential {
  readonly name?: string | undefined
  readonly expiresAt?: string | undefined
  readonly publicKey?: PublicKeyInput | undefined
}

/** A credential that was just added. */
export interface AddedCredential {
  readonly id: string
  /** Shown this once. */
  readonly clientSecret?: string
  readonly kid?: string
  readonly expiresAt?: string
}

/** How a secret is rotated. */
export interface Rotation {
  /** For how long the former secret stays good. */
  readonly overlapSeconds: number
  readonly expiresAt?: string | undefined
  readonly name?: string | undefined
}

/** A secret that has taken the place of another. */
export interface Rotated {
  readonly id: string
  /** Shown this once. */
  readonly clientSecret: string
  readonly previousExpiresAt: string
  /** Each secret that was good until now, and when it ends. */
  readonly previous: readonly { readonly id: string; readonly expiresAt: string }[]
  readonly expiresAt?: string
}

/** What an account logs in with, without what is secret of it. */
export interface Credential {
  readonly id: string
  readonly name: string
  readonly type: 'client_secret' | 'public_key'
  readonly state: 'active' | 'expired'
  readonly createdAt: string
  readonly createdBy: string
  readonly expiresAt?: string
  readonly lastUsedAt?: string
  /** The address that this came from. */
  readonly lastUsedFrom?: string
  readonly kid?: string
  /** A JWK. */
  readonly publicKey?: Readonly<Record<string, unknown>>
  /** The pepper that a secret cannot be checked without. */
  readonly pepperId?: string
}

/** A key that names the calling application, without its value. */
export interface ClientKey {
  readonly id: string
  readonly name: string
  readonly state: 'enabled' | 'disabled'
  readonly createdAt: string
  /** The client id of who made it. */
  readonly createdBy: string
  /** The pepper that it cannot be checked without. */
  readonly pepperId: string
  readonly expiresAt?: string
  /** When an application last named itself with it. */
  readonly lastUsedAt?: string
  /** The address that this came from. */
  readonly lastUsedFrom?: string
}

/** What makes a client key. */
export interface NewClientKey {
  readonly name: string
  readonly expiresAt?: string | undefined
}

/** A client key that was just made. */
export interface CreatedClientKey {
  readonly id: string
  /** Shown this once. */
  readonly clientKey: string
  readonly expiresAt?: string
}

/** What changes a client key: at least one member; what is absent stays. */
export interface ClientKeyPatch {
  readonly name?: string | undefined
  readonly state?: ClientKey['state'] | undefined
}

/** Who did something, as the log names them. */
export interface AuditActor {
  readonly kind: 'account' | 'person' | 'system' | 'anonymous'
  readonly id: string
  readonly name: string
}

/** What needs a pepper: without it, each of these is refused. */
export interface PepperStatus {
  readonly id: string
  /** Foreign: no pepper, but what another server digested with bcrypt. */
  readonly state: 'current' | 'retired' | 'missing' | 'foreign'
  readonly isNeeded: boolean
  readonly secrets: number
  readonly clientKeys: number
  /** The accounts of these secrets; at most 100 of them. */
  readonly accounts: readonly { readonly clientId: string; readonly name: string }[]
}

/** One entry of the audit log, chained to the one before. */
export interface AuditEntry {
  readonly seq: number
  readonly id: string
  readonly at: string
  readonly action: string
  readonly actor: AuditActor & {
    /** What of the scope the actor belonged to. */
    readonly of?: readonly string[]
    readonly impersonatedBy?: AuditActor
  }
  readonly target: { readonly kind: string; readonly id: string; readonly name: string }
  readonly requestId: string
  readonly scope?: readonly string[]
  readonly before?: Readonly<Record<string, unknown>>
  readonly after?: Readonly<Record<string, unknown>>
  readonly previousHash: string
  readonly hash: string
}

/** Which entries of the audit log are asked for. */
export interface AuditFilter {
  /** Unix seconds or RFC 3339; `from` is inclusive, `to` exclusive. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** A client id, or the id of a person: who acted, or stood behind it. */
  readonly actor?: string | undefined
  readonly target?: string | undefined
  readonly action?: string | undefined
  /** By date from the oldest on; absent: from the newest. */
  readonly sort?: 'date' | '-date' | undefined
  /** A part of the name or id of what it was done to, or of who did it, without regard to case. */
  readonly search?: string | undefined
  readonly requestId?: string | undefined
}

/** Which rows of a list are asked for, and in which order. */
export interface ListFilter {
  /** From the end with `-`; absent: `createdAt`. */
  readonly sort?: 'createdAt' | '-createdAt' | 'name' | '-name' | undefined
  /** A part of the name or the id, without regard to case. */
  readonly search?: string | undefined
}

/** Which service accounts are asked for, and in which order. */
export interface AccountsFilter extends ListFilter {
  /** TRASH and DELETED are the words of the console's own engine. */
  readonly state?: 'enabled' | 'disabled' | 'draft' | 'TRASH' | 'DELETED' | undefined
  readonly method?: ServiceAccount['tokenEndpointAuthMethod'] | undefined
  /** Whether a secret is still good that another took the place of. */
  readonly rotating?: boolean | undefined
  /** RFC 3339: those of which the next credential ends before it. */
  readonly expiresBefore?: string | undefined
  /** RFC 3339: those that were not used since; never counts. */
  readonly unusedSince?: string | undefined
}
