import type { AccountsFilter, PublicKeyInput, ServiceAccount } from './management.ts'

// Clients as the console's own engine has them, by hand.
// test/sdk/types.test.ts holds it to the schemas of the routes.

/** Only `PUBLIC` lets a client log in. */
export type ClientState = 'PUBLIC' | 'DRAFT' | 'TRASH' | 'DELETED'

type AuthMethod = ServiceAccount['tokenEndpointAuthMethod']

/** What somebody grants a client; null and an empty list are none. */
interface Granted {
  /** An array, or one text with commas between them. */
  readonly permissions?: string | readonly string[] | undefined
  readonly audience?: readonly string[] | null | undefined
  readonly allowedCustomClaims?: readonly string[] | null | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

/** What makes a client; without a company it is of root. */
export interface NewClient extends Granted {
  readonly client_name: string
  readonly token_endpoint_auth_method?: AuthMethod | undefined
  readonly public_key?: PublicKeyInput | undefined
  readonly companyId?: string | undefined
  readonly __STATE__?: ClientState | undefined
}

/** What changes a client: at least one member; what is absent stays. */
export interface ClientPatch extends Granted {
  readonly name?: string | undefined
}

/** A client that was just made (RFC 7591). */
export interface CreatedClient {
  readonly client_id: string
  /** Shown this once. */
  readonly client_secret?: string
  /** 0: it does not expire. */
  readonly client_secret_expires_at?: number
  /** Seconds. */
  readonly client_id_issued_at: number
  /** The name that was made for a key that came without one. */
  readonly kid?: string
}

/** A client: an account of root or of a company. */
export interface Client {
  /** The client id. */
  readonly _id: string
  readonly clientId: string
  readonly name: string
  readonly authMethod: AuthMethod
  readonly permissions: readonly string[]
  readonly audience: readonly string[]
  readonly allowedCustomClaims: readonly string[]
  /** A JWK. */
  readonly publicKey?: Readonly<Record<string, unknown>>
  readonly metadata: Readonly<Record<string, string>>
  /** Absent: it is of root. */
  readonly companyId?: string
  /** Empty when it never logged in. */
  readonly lastLogin: string
  readonly creatorId: string
  readonly createdAt: string
  readonly updatedAt: string
  readonly __STATE__: ClientState
}

/** Which clients are asked for, and in which order. */
export interface ClientsFilter extends AccountsFilter {
  /** Those of this company; those of root when absent. */
  readonly companyId?: string | undefined
}
