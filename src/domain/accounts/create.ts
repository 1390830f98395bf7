import { isPermission, type Permission } from '../access/permissions.ts'
import { assertMayGrant, permit } from '../access/permit.ts'
import { actorRef, type Context } from '../context.ts'
import { type KeyInput, newKey, newSecretCredential } from '../credentials/make.ts'
import { newClientId, newId } from '../ids.ts'
import { Problem } from '../problem.ts'
import type { Secret } from '../secret.ts'
import type { Account, AuthMethod } from './account.ts'
import { accountEvent } from './facts.ts'
import { manage } from './read.ts'

export interface NewAccount {
  readonly name: string
  readonly description?: string
  readonly permissions: readonly string[]
  readonly authMethod: AuthMethod
  readonly audiences?: readonly string[]
  readonly publicKey?: KeyInput
  readonly jwksUri?: string
  /** Milliseconds: the end of the first credential. */
  readonly expiresAt?: number
}

export interface Created {
  readonly account: Account
  /** Shown this once; absent for `private_key_jwt`. */
  readonly secret?: Secret
}

/** Names every unknown permission. Fails with `permission.unknown`. */
export function knownPermissions(given: readonly string[]): readonly Permission[] {
  const unknown = given.filter((text) => !isPermission(text))
  if (unknown.length > 0) {
    const names = unknown.map((text) => JSON.stringify(text)).join(', ')
    throw new Problem(
      'permission.unknown',
      `permissions: unknown ${names}; README lists them all`,
      {
        field: 'permissions',
      },
    )
  }
  return [...new Set(given.filter(isPermission))].sort()
}

function checkMethod(input: NewAccount): void {
  const hasKeys = input.publicKey !== undefined || input.jwksUri !== undefined
  if (input.authMethod === 'private_key_jwt' && !hasKeys) {
    throw new Problem(
      'request.invalid',
      'publicKey: is needed when tokenEndpointAuthMethod is private_key_jwt',
      {
        field: 'publicKey',
      },
    )
  }
  if (input.publicKey !== undefined && input.jwksUri !== undefined) {
    throw new Problem('request.invalid', 'jwksUri: is given instead of publicKey, not beside it', {
      field: 'jwksUri',
    })
  }
  if (input.jwksUri !== undefined && input.expiresAt !== undefined) {
    const message = 'expiresAt: is the end of a secret or publicKey; keys of a jwksUri have none'
    throw new Problem('request.invalid', message, { field: 'expiresAt' })
  }
  if (input.authMethod === 'client_secret_basic' && hasKeys) {
    throw new Problem(
      'account.method_mismatch',
      'publicKey: an account of tokenEndpointAuthMethod client_secret_basic has no keys',
      { field: 'publicKey' },
    )
  }
}

/** Creates a root account. Its secret, if it has one, is in the answer and nowhere else. */
export async function createAccount(ctx: Context, input: NewAccount): Promise<Created> {
  checkMethod(input)
  const permissions = knownPermissions(input.permissions)
  assertMayGrant(await permit(ctx, manage), permissions)
  const clientId = newClientId()
  const issued = firstCredential(ctx, input)
  const now = ctx.now()
  const account: Account = {
    id: newId('account', now),
    version: 1,
    live: true,
    clientId,
    owner: 'root',
    name: input.name,
    description: input.description ?? '',
    authMethod: input.authMethod,
    state: 'enabled',
    permissions,
    audiences: input.audiences ?? [],
    credentials: issued.credentials,
    ...(input.jwksUri !== undefined && { jwksUri: input.jwksUri }),
    tokensNotBefore: 0,
    createdAt: now,
    createdBy: actorRef(ctx.actor).id,
    updatedAt: now,
  }
  await ctx.store.commit(
    'account',
    account,
    accountEvent(ctx, 'account.create', { after: account }),
  )
  return { account, ...(issued.secret && { secret: issued.secret }) }
}

function firstCredential(ctx: Context, input: NewAccount) {
  const terms = {
    name: 'initial',
    ...(input.expiresAt !== undefined && { expiresAt: input.expiresAt }),
  }
  if (input.publicKey !== undefined) return { credentials: [newKey(ctx, terms, input.publicKey)] }
  if (input.authMethod === 'private_key_jwt') return { credentials: [] }
  const { credential, secret } = newSecretCredential(ctx, terms)
  return { credentials: [credential], secret }
}
