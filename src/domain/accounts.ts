import { permit, permitChange, permitGrant } from './access.ts'
import type { Account, AccountState, AuthMethod } from './account.ts'
import { accountEvent } from './account-events.ts'
import type { AuditAction } from './audit.ts'
import { actorRef, type Context } from './context.ts'
import { type KeyInput, newKey, newSecretCredential } from './credentials.ts'
import { newClientId, newId } from './ids.ts'
import { isPermission, type Permission } from './permissions.ts'
import { isProblem, Problem } from './problem.ts'
import type { Secret } from './secret.ts'

const manage: Permission = 'console.root.serviceaccount.manage'
const attempts = 20

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
function knownPermissions(given: readonly string[]): readonly Permission[] {
  const unknown = given.filter((text) => !isPermission(text))
  if (unknown.length > 0) {
    const names = unknown.map((text) => JSON.stringify(text)).join(', ')
    throw new Problem(
      'permission.unknown',
      `permissions: unknown ${names}; docs/api.md lists them all`,
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
  permitGrant(await permit(ctx, manage), permissions)
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

/** Finds a live root account. To a stranger, absent and forbidden look alike: permit first. */
async function findAccount(ctx: Context, clientId: string): Promise<Account> {
  const account = await ctx.store.find('account', 'clientId', clientId)
  if (!account?.live)
    throw new Problem('account.not_found', 'There is no service account with this client id')
  return account
}

export async function readAccount(ctx: Context, clientId: string): Promise<Account> {
  await permit(ctx, manage)
  return await findAccount(ctx, clientId)
}

export interface AccountPage {
  readonly accounts: readonly Account[]
  readonly total: number
}

/** Lists root accounts in the order of their creation. `page` counts from 1. */
export async function listAccounts(
  ctx: Context,
  page: number,
  perPage: number,
): Promise<AccountPage> {
  await permit(ctx, manage)
  const offset = (page - 1) * perPage
  const accounts = await ctx.store.list('account', { within: 'root', offset, limit: perPage })
  return { accounts, total: await ctx.store.count('account', 'root') }
}

/** What a change makes of an account, and which event it leaves; the version is the store's. */
export interface Decision<T> {
  readonly action: AuditAction
  readonly after: Account
  readonly result: T
}

export interface ChangeTarget {
  readonly clientId: string
  /** The version that the caller has seen (If-Match); absent: the last write wins. */
  readonly ifVersion?: number
}

/**
 * The one way in which an account changes: find, permit, decide, commit. Rights and record are read
 * anew at each attempt, immediately before the write; a lost race is decided again.
 */
export async function changeAccount<T>(
  ctx: Context,
  target: ChangeTarget,
  decide: (account: Account, held: readonly Permission[]) => Decision<T>,
): Promise<{ readonly account: Account; readonly result: T }> {
  for (let attempt = 1; ; attempt += 1) {
    const held = await permit(ctx, manage)
    const before = await findAccount(ctx, target.clientId)
    permitChange(held, before)
    checkVersion(before, target.ifVersion)
    const { action, after, result } = decide(before, held)
    const next = { ...after, version: before.version + 1, updatedAt: ctx.now() }
    try {
      await ctx.store.commit('account', next, accountEvent(ctx, action, { before, after: next }))
      return { account: next, result }
    } catch (error) {
      if (!isProblem(error, 'record.conflict') || attempt === attempts) throw error
    }
  }
}

function checkVersion(account: Account, ifVersion: number | undefined): void {
  if (ifVersion !== undefined && ifVersion !== account.version) {
    throw new Problem('version.stale', 'If-Match: the account has changed since; read it again', {
      field: 'If-Match',
    })
  }
}

export interface AccountPatch {
  readonly name?: string
  readonly description?: string
  readonly permissions?: readonly string[]
  readonly audiences?: readonly string[]
  readonly state?: AccountState
}

/** Changes what an account is called and may do. Disabling it ends its access tokens for good. */
export async function updateAccount(
  ctx: Context,
  target: ChangeTarget,
  patch: AccountPatch,
): Promise<Account> {
  const { permissions: given, ...rest } = patch
  const permissions = given && knownPermissions(given)
  const { account } = await changeAccount(ctx, target, (before, held) => {
    if (permissions) permitGrant(held, permissions)
    // At both turns: tokens that were made while the store took the first one end with the second.
    const isTurned =
      rest.state === 'disabled' || (rest.state !== undefined && rest.state !== before.state)
    const epoch = isTurned ? { tokensNotBefore: newEpoch(ctx, before) } : {}
    const after = { ...before, ...rest, ...(permissions && { permissions }), ...epoch }
    return { action: 'account.update', after, result: undefined }
  })
  return account
}

/** The later one wins: a clock that was set back revives nothing. */
function newEpoch(ctx: Context, { tokensNotBefore }: Account): number {
  return Math.max(tokensNotBefore, ctx.now())
}

/** Ends every access token that was issued to the account up to now. */
export async function revokeTokens(ctx: Context, target: ChangeTarget): Promise<Account> {
  const { account } = await changeAccount(ctx, target, (before) => ({
    action: 'account.revoke_tokens',
    after: { ...before, tokensNotBefore: newEpoch(ctx, before) },
    result: undefined,
  }))
  return account
}

/** Deletes an account with its credentials, for good; what is left is a tombstone without secrets. */
export async function deleteAccount(ctx: Context, target: ChangeTarget): Promise<void> {
  await changeAccount(ctx, target, (before) => {
    const purgeAfter = ctx.now() + ctx.limits.tombstoneSeconds * 1000
    const after = { ...before, live: false, credentials: [], purgeAfter }
    return { action: 'account.delete', after, result: undefined }
  })
}
