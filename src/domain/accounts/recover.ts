import { rootPermissionNames } from '../access/permissions.ts'
import { insert } from '../change.ts'
import { namesApplication } from '../client-keys/client-key.ts'
import { createClientKey } from '../client-keys/create.ts'
import { mostClientKeys } from '../client-keys/limits.ts'
import type { Context } from '../context.ts'
import type { Secret } from '../secret.ts'
import type { Account } from './account.ts'
import { asRoot, newAccount } from './create.ts'

/** A way back in. */
export interface Recovered {
  readonly account: Account
  readonly secret: Secret
  /** Where no other names an application: without one the accounts cannot be managed. */
  readonly clientKey?: Secret
}

async function hasClientKey(ctx: Context): Promise<boolean> {
  const keys = await ctx.store.list('client_key', { scope: 'root', limit: 2 * mostClientKeys })
  const peppers = new Set(ctx.peppers.map(({ id }) => id))
  return keys.some((key) => namesApplication(key, ctx.now()) && peppers.has(key.digest.pepper))
}

/**
 * Makes a root account that can do everything, for whoever can write the store when nobody else can
 * manage it any more; and a client key, where none is good.
 */
export async function recoverAccount(ctx: Context): Promise<Recovered> {
  const name = `recovered ${new Date(ctx.now()).toISOString()}`
  const description = 'Made by `ostiary accounts recover`'
  const input = {
    name,
    description,
    authMethod: 'client_secret_basic',
  } as const
  const { account, secret } = newAccount(ctx, input, asRoot(rootPermissionNames))
  if (!secret) throw new Error('an account that logs in by secret was made without one')
  await insert(ctx, 'account', { action: 'account.recover', record: account })
  if (await hasClientKey(ctx)) return { account, secret }
  return { account, secret, clientKey: (await createClientKey(ctx, { name })).value }
}
