import { permit } from '../access/permit.ts'
import type { Account } from '../accounts/account.ts'
import { namesApplication } from '../client-keys/client-key.ts'
import { mostClientKeys } from '../client-keys/limits.ts'
import type { Context } from '../context.ts'
import { type Credential, isUsable } from '../credentials/credential.ts'
import { everyPage } from '../every-page.ts'

/** So many accounts that need a pepper are named; all of them are counted. */
const mostNamed = 100

/** The name of the row of those secrets that need no pepper, as another server digested them. */
const foreignId = 'bcrypt'

/** What still needs one pepper: without it, each of these is refused. */
export interface PepperStatus {
  readonly id: string
  /**
   * Missing: nothing here can be checked with it, since the settings do not have it. Foreign: no
   * pepper, but what another server digested with bcrypt.
   */
  readonly state: 'current' | 'retired' | 'missing' | 'foreign'
  readonly secrets: number
  readonly clientKeys: number
  /** Some of the accounts whose secrets these are. */
  readonly accounts: readonly Pick<Account, 'clientId' | 'name'>[]
}

interface Needs {
  secrets: number
  clientKeys: number
  readonly accounts: Pick<Account, 'clientId' | 'name'>[]
}

function count(needs: Map<string, Needs>, pepper: string): Needs {
  const known = needs.get(pepper) ?? { secrets: 0, clientKeys: 0, accounts: [] }
  needs.set(pepper, known)
  return known
}

/** What a secret is checked with; a key with nothing that could be lost. */
function pepperOf(credential: Credential): readonly string[] {
  if (credential.kind === 'key') return []
  return [credential.kind === 'secret' ? credential.digest.pepper : foreignId]
}

function countAccount(needs: Map<string, Needs>, account: Account, now: number): void {
  const used = account.credentials.flatMap((credential) =>
    isUsable(credential, now) ? pepperOf(credential) : [],
  )
  for (const pepper of used) count(needs, pepper).secrets += 1
  const { clientId, name } = account
  for (const pepper of new Set(used)) {
    const { accounts } = count(needs, pepper)
    if (accounts.length < mostNamed) accounts.push({ clientId, name })
  }
}

async function countAccounts({ store, now }: Context, needs: Map<string, Needs>): Promise<void> {
  for await (const accounts of everyPage(store, 'account')) {
    for (const account of accounts) if (account.live) countAccount(needs, account, now())
  }
}

/** One that is disabled is counted: it may be enabled again. */
async function countClientKeys({ store, now }: Context, needs: Map<string, Needs>): Promise<void> {
  const keys = await store.list('client_key', { scope: 'root', limit: 2 * mostClientKeys })
  const lasting = keys.filter((key) => namesApplication({ ...key, active: true }, now()))
  for (const { digest } of lasting) count(needs, digest.pepper).clientKeys += 1
}

async function countAll(ctx: Context): Promise<ReadonlyMap<string, Needs>> {
  const needs = new Map<string, Needs>()
  await countAccounts(ctx, needs)
  await countClientKeys(ctx, needs)
  return needs
}

const nothing: Needs = { secrets: 0, clientKeys: 0, accounts: [] }

/**
 * Tells what needs which pepper: the current one, the retired ones, and any that is not here; and
 * what needs none yet, since another server digested it.
 */
export async function pepperStatus(ctx: Context): Promise<readonly PepperStatus[]> {
  await permit(ctx, 'pepper.list', 'root')
  const needs = await countAll(ctx)
  const here = ctx.peppers.map(({ id }, place) => {
    return { id, state: place === 0 ? ('current' as const) : ('retired' as const) }
  })
  const known = new Set(here.map(({ id }) => id))
  const others = [...needs.keys()]
    .filter((id) => !known.has(id))
    .map((id) => ({ id, state: id === foreignId ? ('foreign' as const) : ('missing' as const) }))
  return [...here, ...others].map((each) => ({ ...each, ...(needs.get(each.id) ?? nothing) }))
}
