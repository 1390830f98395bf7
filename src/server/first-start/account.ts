import { rootPermissionNames } from '../../domain/access/permissions.ts'
import type { Account } from '../../domain/accounts/account.ts'
import { insert } from '../../domain/change.ts'
import type { ClientKey } from '../../domain/client-keys/client-key.ts'
import { actorRef, type Context } from '../../domain/context.ts'
import { checkSecret } from '../../domain/credentials/check-secret.ts'
import { trustedId } from '../../domain/ids.ts'
import { isProblem } from '../../domain/problem.ts'
import {
  type Digest,
  digestWith,
  fingerprint,
  type Pepper,
  Secret,
  sameDigest,
} from '../../domain/secret.ts'

/** Fixed ids: whatever number of processes start on an empty store, one of them is first. */
const rootAccount = trustedId('account', 'acc_00000000000000000000000000000')
const rootCredential = trustedId('credential', 'cred_00000000000000000000000000000')

/** What the first start makes: an account, its secret, and a client key. */
export interface FirstCredentials {
  readonly clientId: string
  readonly clientSecret: Secret
  readonly clientKey: Secret
}

/** What the settings say of them; empty: the first start chooses. */
export interface Wishes {
  readonly clientId: string
  readonly clientSecret: string
  readonly clientKey: string
}

/** Whether the first account is there, or was deleted not long ago. */
export async function hasFirstAccount(ctx: Context): Promise<boolean> {
  return (await ctx.store.get('account', rootAccount)) !== undefined
}

function firstAccount(ctx: Context, first: FirstCredentials): Account {
  const { clientId, clientSecret, clientKey } = first
  const now = ctx.now()
  const { id: createdBy } = actorRef(ctx.actor)
  return {
    id: rootAccount,
    version: 1,
    live: true,
    clientId,
    owner: 'root',
    name: 'root',
    description: 'Made by the first start',
    authMethod: 'client_secret_basic',
    state: 'enabled',
    permissions: rootPermissionNames,
    bindings: [],
    audiences: [],
    credentials: [
      {
        id: rootCredential,
        name: 'initial',
        createdAt: now,
        createdBy,
        kind: 'secret',
        digest: digestWith(ctx.peppers[0], clientSecret.reveal()),
      },
    ],
    generation: 0,
    createdAt: now,
    createdBy,
    updatedAt: now,
    firstClientKey: digestWith(ctx.peppers[0], clientKey.reveal()),
  }
}

/** Its id is made of its digest: making it twice is making it once. */
function firstClientKey(ctx: Context, digest: Digest): ClientKey {
  return {
    id: `ckid_${fingerprint('client key', digest.value).slice(0, 25)}`,
    version: 1,
    live: true,
    name: 'initial',
    digest,
    active: true,
    createdAt: ctx.now(),
    createdBy: actorRef(ctx.actor).id,
  }
}

/** Whether it is there, or was: the log still knows a key that was deleted, and it stays deleted. */
async function wasMade({ store }: Context, { id }: ClientKey): Promise<boolean> {
  if ((await store.get('client_key', id)) !== undefined) return true
  return (await store.events({ targetId: id, limit: 1 })).length > 0
}

/**
 * Makes the client key of the first account where a crash left none: whoever starts next can, since
 * the account carries its digest.
 */
export async function completeFirstAccount(ctx: Context): Promise<void> {
  const account = await ctx.store.get('account', rootAccount)
  if (account?.firstClientKey === undefined) return
  const record = firstClientKey(ctx, account.firstClientKey)
  if (await wasMade(ctx, record)) return
  await once(() => insert(ctx, 'client_key', { action: 'client_key.create', record }))
}

/** Losing a race for an id or a name is an answer here, not a fault. */
async function once(write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!isProblem(error, 'record.conflict', 'name.taken')) throw error
  }
}

/**
 * Makes the first root account, in one write with the digest of its client key. Answers whether these
 * credentials are the ones that hold: another process may have been first.
 */
export async function makeFirstAccount(ctx: Context, first: FirstCredentials): Promise<boolean> {
  const account = firstAccount(ctx, first)
  await once(() => insert(ctx, 'account', { action: 'account.create', record: account }))
  const kept = await ctx.store.get('account', rootAccount)
  if (kept?.clientId !== first.clientId) return false
  return isOurKey(ctx, kept, first.clientKey) && holds(ctx, kept, first.clientSecret)
}

function holds(ctx: Context, account: Account, secret: Secret): boolean {
  return checkSecret(account, secret.reveal(), { peppers: ctx.peppers, now: ctx.now() }).ok
}

/**
 * Of processes that agree on the account, but not on the key, one has both right. An account of the
 * first release knows of no key.
 */
function isOurKey(ctx: Context, { firstClientKey: digest }: Account, value: Secret): boolean {
  if (digest === undefined) return true
  const isMadeWith = (pepper: Pepper) => sameDigest(digestWith(pepper, value.reveal()), digest)
  return ctx.peppers.some(isMadeWith)
}

async function isOpenedBy({ peppers, store }: Context, clientKey: string): Promise<boolean> {
  for (const pepper of peppers) {
    const { value } = digestWith(pepper, clientKey)
    if ((await store.find('client_key', 'digest', value)) !== undefined) return true
  }
  return false
}

/** The settings that were given, and are not what holds: somebody may wait for them to work. */
export async function unusedWishes(ctx: Context, wishes: Wishes): Promise<readonly string[]> {
  const { clientId, clientSecret, clientKey } = wishes
  const kept = await ctx.store.get('account', rootAccount)
  const isSecret = (text: string) => kept !== undefined && holds(ctx, kept, new Secret(text))
  const unused = [
    clientId !== '' &&
      kept?.clientId !== clientId &&
      'bootstrap.clientId (OSTIARY_BOOTSTRAP_CLIENT_ID)',
    clientSecret !== '' &&
      !isSecret(clientSecret) &&
      'bootstrap.clientSecret (OSTIARY_BOOTSTRAP_CLIENT_SECRET)',
    clientKey !== '' &&
      !(await isOpenedBy(ctx, clientKey)) &&
      'bootstrap.clientKey (OSTIARY_BOOTSTRAP_CLIENT_KEY)',
  ]
  return unused.filter((name) => name !== false)
}
