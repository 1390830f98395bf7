import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from '@jest/globals'
import { Directory } from '../../src/directory/directory.ts'
import { knownStore } from '../../src/directory/known-store.ts'
import type { RootPermission } from '../../src/domain/access/permissions.ts'
import type { Account } from '../../src/domain/accounts/account.ts'
import { type Actor, actorOf, type Context } from '../../src/domain/context.ts'
import { type SettledIssuers, usualClaims } from '../../src/domain/issuers/issuer.ts'
import { isProblem, type Problem } from '../../src/domain/problem.ts'
import { newPepperKey, pepperOf } from '../../src/domain/secret.ts'
import type { Store } from '../../src/domain/store.ts'
import { openSqlite } from '../../src/storage/sqlite/open.ts'
import { create } from '../contract/samples.ts'
import { noon } from './samples.ts'

export const manage = 'console.root.serviceaccount.manage'
export const view = 'console.root.view'
export const companies = 'console.root.company.create'

export const limits = {
  liveCredentials: 3,
  overlapSeconds: 3600,
  tombstoneSeconds: 7200,
  projectTokenSeconds: 1096 * 86_400,
}

/** One issuer of people is settled there. */
export const people = {
  own: 'https://own.example',
  configured: [
    {
      id: 'settings:people',
      name: 'people',
      issuer: 'https://people.example',
      audience: 'ostiary',
      ...usualClaims,
      allowInsecure: false,
      companies: [],
    },
  ],
} as const satisfies SettledIssuers

/** What the settings say of projects where nobody changed them. */
export const projects = {
  company: 'default',
  createdBy: 'everyone',
  accountsManagedBy: 'managers',
} as const

/** A store, a time that stands still until a test moves it, and whoever asks. */
export interface World {
  readonly store: Store
  readonly clock: { at: number }
  readonly system: Context
  /** An account that is in the store. */
  readonly account: (given?: Partial<Account>) => Promise<Account>
  /** How an account asks; its token lets it do all that it held, or only what is given. */
  readonly as: (account: Account, permissions?: readonly RootPermission[]) => Context
  /** How an account asks that holds exactly these. */
  readonly holding: (...permissions: readonly RootPermission[]) => Promise<Context>
  /** All events about an account, oldest first. */
  readonly log: (account: Pick<Account, 'clientId'>) => ReturnType<Store['events']>
}

async function openWorld(path: string): Promise<World> {
  const opened = await openSqlite(path)
  const clock = { at: noon }
  const known = await Directory.load(opened, () => clock.at)
  const store = knownStore(opened, known)
  const peppers = [pepperOf(newPepperKey())] as const
  const context = (actor: Actor): Context => {
    return {
      store,
      known,
      actor,
      requestId: 'request',
      peppers,
      limits,
      people,
      projects,
      now: () => clock.at,
    }
  }
  const account = (given: Partial<Account> = {}) => create(store, given)
  const as = (who: Account, permissions = who.permissions) =>
    context(actorOf(who, { permissions, on: 'root', bounds: 'root' }))
  return {
    store,
    clock,
    account,
    as,
    system: context({ kind: 'system', name: 'test' }),
    holding: async (...permissions) => as(await account({ permissions })),
    log: ({ clientId }) => store.events({ targetId: clientId, limit: 100 }),
  }
}

/** Opens a world before the tests of a file, and closes it behind them. */
export function worldOfFile(): () => World {
  let folder = ''
  let world: World | undefined
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ostiary-domain-'))
    world = await openWorld(join(folder, 'ostiary.db'))
  })
  afterAll(async () => {
    await world?.store.close()
    await rm(folder, { recursive: true })
  })
  return () => {
    if (world === undefined) throw new Error('the world is not open yet')
    return world
  }
}

async function problemOf(call: Promise<unknown>): Promise<Problem | undefined> {
  try {
    await call
    return undefined
  } catch (error) {
    if (isProblem(error)) return error
    throw error
  }
}

/** Code and details of the problem that a call came to, as a test compares them; empty for none. */
export async function refusal(call: Promise<unknown>): Promise<readonly unknown[]> {
  const problem = await problemOf(call)
  return problem === undefined ? [] : [problem.code, problem.details]
}

/** The same context, but somebody else writes before each of the first writes. */
export function racing(ctx: Context, meanwhile: () => Promise<unknown>, losses = 1): Context {
  let left = losses
  const { store } = ctx
  const commit: Store['commit'] = async (kind, record, event) => {
    left -= 1
    if (left >= 0) await meanwhile()
    await store.commit(kind, record, event)
  }
  return { ...ctx, store: { ...store, commit } }
}
