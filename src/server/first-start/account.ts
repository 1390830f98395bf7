import { permissionNames } from '../../domain/access/permissions.ts'
import type { Account } from '../../domain/accounts/account.ts'
import { insert } from '../../domain/change.ts'
import { actorRef, type Context } from '../../domain/context.ts'
import { checkSecret } from '../../domain/credentials/check-secret.ts'
import { trustedId } from '../../domain/ids.ts'
import { isProblem } from '../../domain/problem.ts'
import { digestWith, fingerprint, Secret } from '../../domain/secret.ts'

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

/** Whether the store has never held anything: no event, and no first account without its event. */
export async function isEmptyStore(ctx: Context): Promise<boolean> {
  return (await ctx.store.head()) === 0 && !(await hasFirstAccount(ctx))
}

/** Whether the first account is there, or was deleted not long ago. */
export async function hasFirstAccount(ctx: Context): Promise<boolean> {
  return (await ctx.store.get('account', rootAccount)) !== undefined
}

/** Whether a first start made the account and may have come no further: its client key is the next entry. */
export async function isUnfinished(ctx: Context): Promise<boolean> {
  return (await ctx.store.head()) <= 1 && (await hasFirstAccount(ctx))
}

function firstAccount(ctx: Context, { clientId, clientSecret }: FirstCredentials): Account {
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
    permissions: permissionNames,
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
  }
}

/** The client key's id is made of its digest: making it twice is making it once. */
function clientKeyId(digest: string): string {
  return `ckid_${fingerprint('client key', digest).slice(0, 25)}`
}

async function ensureClientKey(ctx: Context, value: Secret): Promise<void> {
  const digest = digestWith(ctx.peppers[0], value.reveal())
  const id = clientKeyId(digest.value)
  if ((await ctx.store.get('client_key', id)) !== undefined) return
  const now = ctx.now()
  const record = {
    id,
    version: 1,
    live: true,
    name: 'initial',
    digest,
    active: true,
    createdAt: now,
  }
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
 * Makes the first root account and its client key, or finishes making them after a crash. Answers
 * whether these credentials are the ones that hold: another process may have been first.
 */
export async function makeFirstAccount(ctx: Context, first: FirstCredentials): Promise<boolean> {
  const account = firstAccount(ctx, first)
  await once(() => insert(ctx, 'account', { action: 'account.create', record: account }))
  const kept = await ctx.store.get('account', rootAccount)
  const isOurs = kept?.clientId === first.clientId && holds(ctx, kept, first.clientSecret)
  if (isOurs) await ensureClientKey(ctx, first.clientKey)
  return isOurs
}

function holds(ctx: Context, account: Account, secret: Secret): boolean {
  return checkSecret(account, secret.reveal(), { peppers: ctx.peppers, now: ctx.now() }).ok
}

async function isOpenedBy(ctx: Context, clientKey: string): Promise<boolean> {
  const ids = ctx.peppers.map((pepper) => clientKeyId(digestWith(pepper, clientKey).value))
  return (await ctx.store.getMany('client_key', ids)).some(({ live }) => live)
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
