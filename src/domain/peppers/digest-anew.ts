import { change } from '../change.ts'
import { clientKeyAt } from '../client-keys/target.ts'
import type { Context } from '../context.ts'
import type { Credential } from '../credentials/credential.ts'
import { Problem } from '../problem.ts'
import type { Digest } from '../secret.ts'
import { unseen } from '../versioned.ts'

/** A digest that was just found to be of a good secret, and that of the same secret with the current pepper. */
export interface Renewal {
  readonly former: Digest
  readonly digest: Digest
}

function isSame(one: Digest, other: Digest): boolean {
  return one.pepper === other.pepper && one.value === other.value
}

/** A secret that a good login found, and what shall be kept of it from now on. */
export interface SecretRenewal {
  /** Undefined: another server digested it, and its digest never changes. */
  readonly former: Digest | undefined
  readonly digest: Digest
}

/** A credential with another digest; undefined where it is not what the login found. */
function renewed(credential: Credential, { former, digest }: SecretRenewal) {
  if (credential.kind === 'secret' && former) {
    return isSame(credential.digest, former) ? { ...credential, digest } : undefined
  }
  if (credential.kind !== 'foreign_secret' || former) return undefined
  const { bcrypt: _bcrypt, ...rest } = credential
  return { ...rest, kind: 'secret' as const, digest }
}

/**
 * Digests a secret anew, where it is still there as it was: a rotation or deletion meanwhile stands.
 * What an operator has seen of the account is as it was. Fails with `credential.not_found`.
 */
export async function digestSecretAnew(
  ctx: Context,
  { accountId, credentialId }: { readonly accountId: string; readonly credentialId: string },
  renewal: SecretRenewal,
): Promise<void> {
  const target = {
    kind: 'account',
    find: () => ctx.store.get('account', accountId),
    on: 'root',
    absent: 'account.not_found',
  } as const
  await change(ctx, target, {
    action: 'credential.redigest',
    decide: (before) => {
      const found = before.credentials.find(({ id }) => id === credentialId)
      const after = found && renewed(found, renewal)
      if (!after) throw new Problem('credential.not_found', {})
      const credentials = before.credentials.map((one) => (one === found ? after : one))
      return { after: { ...unseen(before), credentials }, result: undefined }
    },
  })
}

/** Digests a client key anew, where it is still there as it was. Fails with `client_key.not_found`. */
export async function digestClientKeyAnew(
  ctx: Context,
  id: string,
  { former, digest }: Renewal,
): Promise<void> {
  await change(ctx, clientKeyAt({ id }), {
    action: 'client_key.redigest',
    decide: (before) => {
      if (!isSame(before.digest, former)) throw new Problem('client_key.not_found', {})
      return { after: { ...unseen(before), digest }, result: undefined }
    },
  })
}
