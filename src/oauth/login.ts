import type { Account } from '../domain/accounts/account.ts'
import type { RefusalReason, SecretVerdict } from '../domain/credentials/check-secret.ts'
import type { Credential } from '../domain/credentials/credential.ts'

export type Presented =
  | { readonly method: 'client_secret_basic'; readonly clientId: string; readonly secret: string }
  | {
      readonly method: 'private_key_jwt'
      readonly clientId: string
      readonly kid: string
      readonly requestedAudiences: readonly string[]
    }

/** What is known of one login while its request runs. */
export interface Login {
  readonly requestId: string
  readonly address: string
  readonly presented: Presented
  /** The console's form parameter, which the core does not know. */
  readonly audience: string | undefined
  /** The token that introspection or revocation is asked about. */
  readonly token: string | undefined
  /** Seconds that the token may live; never longer than the credential. */
  lifetimeSeconds: number
  /** The audiences that the token will have. */
  audiences: readonly string[]
  account?: Account
  credential?: Credential
  verdict?: SecretVerdict
  /** The true reason of a refusal, for the log alone. */
  why?: RefusalReason
  detail?: string
}

const logins = new WeakMap<object, Login>()

/** Keeps a login beside the request's context: no key of the context is ours. */
export function keepLogin(ctx: object, login: Login): void {
  logins.set(ctx, login)
}

export function loginOf(ctx: object | undefined): Login | undefined {
  return ctx && logins.get(ctx)
}

/** The login of a request whose client the core has found. */
export function requireLogin(ctx: object): { readonly login: Login; readonly account: Account } {
  const login = loginOf(ctx)
  if (!login?.account) throw new Error('a request reached the core without a login')
  return { login, account: login.account }
}
