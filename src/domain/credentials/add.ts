import type { Account } from '../accounts/account.ts'
import { type AccountTarget, changeAccount } from '../accounts/change.ts'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import type { Secret } from '../secret.ts'
import type { Credential, KeyCredential } from './credential.ts'
import { assertRoom, withoutOldest } from './limits.ts'
import { type CredentialTerms, type KeyInput, newKey, newSecretCredential } from './make.ts'

function assertNewKey(account: Account, added: KeyCredential): void {
  const isTaken = account.credentials.some(({ kind, ...rest }) => {
    return kind === 'key' && 'key' in rest && rest.key.kid === added.key.kid
  })
  if (isTaken) {
    throw new Problem('key.taken', { kid: added.key.kid })
  }
}

/** What a new credential is made of; with a public key it is one of a key. */
export interface NewCredential {
  readonly name?: string
  readonly expiresAt?: number
  readonly publicKey?: KeyInput
}

/** A credential that was just added. */
export interface Added {
  readonly credential: Credential
  /** Shown this once. */
  readonly secret?: Secret
}

function assertKind(account: Account, kind: Credential['kind']): void {
  if (account.jwksUri !== undefined) {
    throw new Problem('account.method_mismatch', { rule: 'keys_are_published' })
  }
  const isKeys = account.authMethod === 'private_key_jwt'
  if (isKeys === (kind === 'key')) return
  throw new Problem('account.method_mismatch', {
    rule: isKeys ? 'key_is_needed' : 'key_is_not_accepted',
  })
}

/** Adds a secret (made here, shown once) or a public key, by the account's method. */
export async function addCredential(
  ctx: Context,
  target: AccountTarget,
  input: NewCredential,
): Promise<Added> {
  const terms = {
    name: input.name ?? '',
    ...(input.expiresAt !== undefined && { expiresAt: input.expiresAt }),
  }
  const { result } = await changeAccount(ctx, target, {
    action: 'credential.add',
    decide: (before) => {
      assertKind(before, input.publicKey === undefined ? 'secret' : 'key')
      assertRoom(ctx, before.credentials)
      const added =
        input.publicKey === undefined
          ? newSecretCredential(ctx, terms)
          : keyOnly(ctx, before, { terms, input: input.publicKey })
      const credentials = [...withoutOldest(ctx, before.credentials), added.credential]
      return { after: { ...before, credentials }, result: added }
    },
  })
  return result
}

function keyOnly(
  ctx: Context,
  account: Account,
  given: { terms: CredentialTerms; input: KeyInput },
): Added {
  const credential = newKey(ctx, given.terms, given.input)
  assertNewKey(account, credential)
  return { credential }
}
