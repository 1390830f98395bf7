import { actorRef, type Context } from '../context.ts'
import { newId } from '../ids.ts'
import { assertSeen } from '../names.ts'
import { Problem } from '../problem.ts'
import { digestWith, newSecret, type Secret } from '../secret.ts'
import type { ForeignSecretCredential, KeyCredential, SecretCredential } from './credential.ts'
import { readPublicKey } from './public-key.ts'

/** A public key as it comes in: PEM text or a JWK. */
export type KeyInput = string | Readonly<Record<string, unknown>>

/** What a credential is called, and when it ends. */
export interface CredentialTerms {
  readonly name: string
  /** Milliseconds. */
  readonly expiresAt?: number
}

function base(ctx: Context, terms: CredentialTerms) {
  assertSeen(terms.name)
  const now = ctx.now()
  if (terms.expiresAt !== undefined && terms.expiresAt <= now) {
    throw new Problem('request.invalid', { rule: 'end_lies_ahead' })
  }
  return {
    id: newId('credential', now),
    ...terms,
    createdAt: now,
    createdBy: actorRef(ctx.actor).id,
  }
}

/** Makes a credential of a public key. Fails with `key.invalid`. */
export function newKey(ctx: Context, terms: CredentialTerms, input: KeyInput): KeyCredential {
  return { ...base(ctx, terms), kind: 'key', key: readPublicKey(input) }
}

/** Keeps a secret by the digest of bcrypt that another server has of it. */
export function foreignSecret(
  ctx: Context,
  terms: CredentialTerms,
  bcrypt: string,
): ForeignSecretCredential {
  return { ...base(ctx, terms), kind: 'foreign_secret', bcrypt }
}

/** A secret that was just made, and the credential that keeps its digest. */
export interface IssuedSecret {
  readonly credential: SecretCredential
  readonly secret: Secret
}

/** Makes a secret, and the credential that keeps its digest. */
export function newSecretCredential(ctx: Context, terms: CredentialTerms): IssuedSecret {
  const secret = newSecret('secret')
  const digest = digestWith(ctx.peppers[0], secret.reveal())
  return { credential: { ...base(ctx, terms), kind: 'secret', digest }, secret }
}
