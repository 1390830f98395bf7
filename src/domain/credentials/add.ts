import type { Account } from '../accounts/account.ts'
import { type ChangeTarget, changeAccount } from '../accounts/change.ts'
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
    throw new Problem(
      'key.taken',
      `publicKey.kid: the account has a key ${JSON.stringify(added.key.kid)} already`,
      {
        field: 'publicKey.kid',
      },
    )
  }
}

export interface NewCredential {
  readonly name?: string
  readonly expiresAt?: number
  readonly publicKey?: KeyInput
}

export interface Added {
  readonly credential: Credential
  readonly secret?: Secret
}

function assertKind(account: Account, kind: Credential['kind']): void {
  if (account.jwksUri !== undefined) {
    throw new Problem('account.method_mismatch', 'This account publishes its keys at its jwksUri')
  }
  const isKeys = account.authMethod === 'private_key_jwt'
  if (isKeys === (kind === 'key')) return
  throw new Problem(
    'account.method_mismatch',
    isKeys
      ? 'publicKey: is needed, because this account logs in by private_key_jwt'
      : 'publicKey: is not accepted, because this account logs in by client_secret_basic',
    { field: 'publicKey' },
  )
}

/** Adds a secret (made here, shown once) or a public key, by the account's method. */
export async function addCredential(
  ctx: Context,
  target: ChangeTarget,
  input: NewCredential,
): Promise<Added> {
  const terms = {
    name: input.name ?? '',
    ...(input.expiresAt !== undefined && { expiresAt: input.expiresAt }),
  }
  const { result } = await changeAccount(ctx, target, (before) => {
    assertKind(before, input.publicKey === undefined ? 'secret' : 'key')
    assertRoom(ctx, before.credentials)
    const added =
      input.publicKey === undefined
        ? newSecretCredential(ctx, terms)
        : keyOnly(ctx, before, { terms, input: input.publicKey })
    const credentials = [...withoutOldest(ctx, before.credentials), added.credential]
    return { action: 'credential.add', after: { ...before, credentials }, result: added }
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
