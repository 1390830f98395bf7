import {
  type Account,
  type Credential,
  isUsable,
  type KeyCredential,
  type SecretCredential,
} from './account.ts'
import { type ChangeTarget, changeAccount, readAccount } from './accounts.ts'
import { actorRef, type Context } from './context.ts'
import { type Id, newId } from './ids.ts'
import { Problem } from './problem.ts'
import { readPublicKey } from './public-keys.ts'
import { digestWith, newSecret, type Secret } from './secret.ts'

/** A public key as it comes in: PEM text or a JWK. */
export type KeyInput = string | Readonly<Record<string, unknown>>

export interface CredentialTerms {
  readonly name: string
  /** Milliseconds. */
  readonly expiresAt?: number
}

function base(ctx: Context, terms: CredentialTerms) {
  const now = ctx.now()
  if (terms.expiresAt !== undefined && terms.expiresAt <= now) {
    throw new Problem('request.invalid', 'expiresAt: must be in the future', { field: 'expiresAt' })
  }
  return {
    id: newId('credential', now),
    ...terms,
    createdAt: now,
    createdBy: actorRef(ctx.actor).id,
  }
}

export function newKey(ctx: Context, terms: CredentialTerms, input: KeyInput): KeyCredential {
  return { ...base(ctx, terms), kind: 'key', key: readPublicKey(input) }
}

export interface IssuedSecret {
  readonly credential: SecretCredential
  readonly secret: Secret
}

export function newSecretCredential(ctx: Context, terms: CredentialTerms): IssuedSecret {
  const secret = newSecret('secret')
  const digest = digestWith(ctx.peppers[0], secret.reveal())
  return { credential: { ...base(ctx, terms), kind: 'secret', digest }, secret }
}

function assertRoom(ctx: Context, kept: readonly Credential[]): void {
  const live = kept.filter((credential) => isUsable(credential, ctx.now())).length
  if (live >= ctx.limits.liveCredentials) {
    throw new Problem(
      'credential.limit',
      `An account may have ${ctx.limits.liveCredentials} live credentials; delete one first`,
    )
  }
}

/** Expired credentials stay in the list for a while, but no more of them than may be live. */
function withoutOldest(ctx: Context, credentials: readonly Credential[]): readonly Credential[] {
  const expired = credentials.filter((credential) => !isUsable(credential, ctx.now()))
  const dropped = new Set(expired.slice(0, -ctx.limits.liveCredentials))
  return credentials.filter((credential) => !dropped.has(credential))
}

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

export async function deleteCredential(
  ctx: Context,
  target: ChangeTarget,
  id: Id<'credential'> | undefined,
): Promise<void> {
  await changeAccount(ctx, target, (before) => {
    const credentials = before.credentials.filter((credential) => credential.id !== id)
    if (credentials.length === before.credentials.length) {
      throw new Problem('credential.not_found', 'This account has no credential with this id')
    }
    return { action: 'credential.delete', after: { ...before, credentials }, result: undefined }
  })
}

export interface Rotation {
  /** Seconds for which the former secrets stay good; 0 ends them at once. */
  readonly overlapSeconds: number
  readonly expiresAt?: number
  readonly name?: string
}

export interface Rotated extends IssuedSecret {
  /** Milliseconds: when the last of the former secrets ends. */
  readonly formerEndsAt: number
}

/**
 * What a rotation leaves of the former secrets: each is good until `at` at the longest; one that an
 * earlier rotation had already put out of use ends now, so that rotations cannot pile up.
 */
function supersede(credentials: readonly Credential[], now: number, at: number): Credential[] {
  if (at <= now) return []
  return credentials
    .filter((former) => isUsable(former, now) && former.supersededAt === undefined)
    .map((former) => ({
      ...former,
      supersededAt: now,
      expiresAt: Math.min(former.expiresAt ?? at, at),
    }))
}

/** One call that changes the secret: a new one, and the former ones good for the overlap. */
export async function rotateSecret(
  ctx: Context,
  target: ChangeTarget,
  rotation: Rotation,
): Promise<Rotated> {
  if (rotation.overlapSeconds > ctx.limits.overlapSeconds) {
    throw new Problem(
      'request.invalid',
      `overlapSeconds: expected at most ${ctx.limits.overlapSeconds}`,
      {
        field: 'overlapSeconds',
      },
    )
  }
  const { result } = await changeAccount(ctx, target, (before) => {
    if (before.authMethod !== 'client_secret_basic') {
      throw new Problem(
        'account.method_mismatch',
        'An account that logs in by key has no secret: add the new public key, then delete the former',
      )
    }
    const now = ctx.now()
    const kept = supersede(before.credentials, now, now + rotation.overlapSeconds * 1000)
    assertRoom(ctx, kept)
    const formerEndsAt = Math.max(now, ...kept.map(({ expiresAt = now }) => expiresAt))
    const issued = newSecretCredential(ctx, {
      name: rotation.name ?? 'rotated',
      ...(rotation.expiresAt !== undefined && { expiresAt: rotation.expiresAt }),
    })
    const after = { ...before, credentials: [...kept, issued.credential] }
    return { action: 'credential.rotate', after, result: { ...issued, formerEndsAt } }
  })
  return result
}

export interface ListedCredential {
  readonly credential: Credential
  /** Milliseconds; absent when it was never used. */
  readonly lastUsedAt?: number
  readonly isUsable: boolean
}

/** Lists what an account can log in with, and which of it is still in use. */
export async function listCredentials(
  ctx: Context,
  clientId: string,
): Promise<readonly ListedCredential[]> {
  const { credentials } = await readAccount(ctx, clientId)
  const uses = await ctx.store.uses(credentials.map(({ id }) => id))
  return credentials.map((credential) => {
    const lastUsedAt = uses.get(credential.id)
    return {
      credential,
      isUsable: isUsable(credential, ctx.now()),
      ...(lastUsedAt !== undefined && { lastUsedAt }),
    }
  })
}
