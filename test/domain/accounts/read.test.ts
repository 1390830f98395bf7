import { setImmediate as nextTurn } from 'node:timers/promises'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { RootPermission } from '../../../src/domain/access/permissions.ts'
import type { Account } from '../../../src/domain/accounts/account.ts'
import {
  type AccountPage,
  type AccountsQuery,
  listAccounts,
  readAccount,
  readSeenAccount,
} from '../../../src/domain/accounts/read.ts'
import { seenReader } from '../../../src/domain/accounts/standing.ts'
import { deleteAccount } from '../../../src/domain/accounts/update.ts'
import { listEvents } from '../../../src/domain/audit/log.ts'
import type { Context } from '../../../src/domain/context.ts'
import type { Credential } from '../../../src/domain/credentials/credential.ts'
import { listCredentials } from '../../../src/domain/credentials/list.ts'
import { newId } from '../../../src/domain/ids.ts'
import { newRecordId } from '../../../src/domain/records.ts'
import { digestWith, newPepperKey, newSecret, pepperOf } from '../../../src/domain/secret.ts'
import type { Store } from '../../../src/domain/store.ts'
import { change } from '../../contract/samples.ts'
import { noon } from '../samples.ts'
import { companies, manage, refusal, view, worldOfFile } from '../world.ts'

const world = worldOfFile()

const oldestFirst = { by: 'createdAt', isDescending: false } as const
const anyPage: AccountsQuery = {
  owner: 'root',
  sorting: oldestFirst,
  search: '',
  from: { page: 1 },
  perPage: 10,
}

/** The accounts of a page, as they are read for its rows. */
async function accountsOf(ctx: Context, { found }: AccountPage): Promise<readonly Account[]> {
  return (await seenReader(ctx, found)(found)).map(({ account }) => account)
}

const readers: readonly (readonly [
  string,
  readonly RootPermission[],
  (ctx: Context, target: { readonly clientId: string }) => Promise<unknown>,
])[] = [
  ['account.read', [manage, view], readAccount],
  ['account.list', [manage, view], (ctx) => listAccounts(ctx, anyPage)],
  ['credential.list', [manage, view], listCredentials],
  ['audit.list', [view], (ctx) => listEvents(ctx, { limit: 1 })],
]

describe.each(readers)('%s', (action, needed, read) => {
  test('is for those alone who hold the permission for it, and a refusal names that', async () => {
    const target = await world().account()
    for (const one of needed) {
      expect(await refusal(read(await world().holding(one), target))).toEqual([])
    }
    expect(await refusal(read(await world().holding(companies), target))).toEqual([
      'actor.forbidden',
      { action, needed },
    ])
  })

  test('ends at the ceiling of the token', async () => {
    const target = await world().account()
    const holder = await world().account({ permissions: [manage, view] })
    const [code] = await refusal(read(world().as(holder, []), target))
    expect(code).toBe('actor.forbidden')
  })

  test('is refused for an actor that was disabled or deleted after its token was made', async () => {
    const target = await world().account()
    for (const end of [{ state: 'disabled' }, { live: false, purgeAfter: 0 }] as const) {
      const actor = await world().account({ permissions: [manage, view] })
      await change(world().store, actor, end)
      const found = await refusal(read(world().as(actor), target))
      expect(found).toEqual(['actor.unauthenticated', { why: 'inactive' }])
    }
  })

  test('writes nothing', async () => {
    const target = await world().account()
    const before = await world().store.head()
    await read(world().system, target)
    expect(await world().store.head()).toBe(before)
  })
})

describe('reading one account', () => {
  test('finds neither one that never was, nor one that is deleted', async () => {
    const account = await world().account()
    expect(await readAccount(world().system, account)).toEqual(account)
    await deleteAccount(world().system, account)
    for (const clientId of [account.clientId, 'ost_ci_nobody']) {
      expect(await refusal(readAccount(world().system, { clientId }))).toEqual([
        'account.not_found',
        {},
      ])
    }
  })
})

/** A context that notes how its store is asked for records. */
function noting(ctx: Context) {
  const asked: string[] = []
  const store: Store = {
    ...ctx.store,
    get: (kind, id) => {
      asked.push('get')
      return ctx.store.get(kind, id)
    },
    find: (kind, key, value) => {
      asked.push(`find ${key}`)
      return ctx.store.find(kind, key, value)
    },
  }
  return { ctx: { ...ctx, store }, asked }
}

describe('the store', () => {
  test('is asked for an account that is where it is looked for by its id alone', async () => {
    const { ctx, asked } = noting(world().system)
    await readAccount(ctx, await world().account())
    expect(asked).toEqual(['get'])
  })

  test('is asked the same for an account that is elsewhere as for one that is nowhere', async () => {
    const elsewhere = await world().account({ owner: `company:${newRecordId('company', noon)}` })
    for (const { clientId } of [elsewhere, { clientId: 'ost_ci_nobody' }]) {
      const { ctx, asked } = noting(world().system)
      expect(await refusal(readAccount(ctx, { clientId }))).toEqual(['account.not_found', {}])
      expect(asked).toEqual(['find clientId'])
    }
  })
})

describe('a page of accounts', () => {
  const pageBy2 = (page: number) =>
    listAccounts(world().system, { ...anyPage, from: { page }, perPage: 2 })

  test('has the live ones alone, and counts them all', async () => {
    const made = [await world().account(), await world().account(), await world().account()]
    const [, second] = made
    if (!second) throw new Error('none was made')
    await deleteAccount(world().system, second)
    const all = await listAccounts(world().system, { ...anyPage, perPage: 200 })
    const ids = (await accountsOf(world().system, all)).map(({ clientId }) => clientId)
    expect(all.total).toBe(ids.length)
    expect(made.map(({ clientId }) => ids.includes(clientId))).toEqual([true, false, true])
    const pages: string[] = []
    for (let page = 1; pages.length < all.total; page += 1) {
      const some = await pageBy2(page)
      const accounts = await accountsOf(world().system, some)
      expect(some.total).toBe(all.total)
      pages.push(...accounts.map(({ clientId }) => clientId))
    }
    expect(pages).toEqual(ids)
    expect((await pageBy2(1000)).found).toEqual([])
  })
})

test('a page that is shown again reads anew just what changed since, and leaves out what is gone', async () => {
  const word = 'shown-again'
  const made = [1, 2, 3].map((n) => ({ name: `${word} ${n}` }))
  const [first, second, third] = await Promise.all(made.map((given) => world().account(given)))
  if (!first || !second || !third) throw new Error('none was made')
  const read: string[] = []
  const { system } = world()
  const store: Store = {
    ...system.store,
    getMany: (kind, ids) => {
      read.push(...ids)
      return system.store.getMany(kind, ids)
    },
  }
  const names = async () => {
    read.length = 0
    const sorting = { by: 'name', isDescending: false } as const
    const ctx = { ...system, store }
    const page = await listAccounts(ctx, { ...anyPage, sorting, search: word })
    return (await accountsOf(ctx, page)).map(({ name }) => name)
  }
  expect(await names()).toEqual(made.map(({ name }) => name))
  expect(read.length).toBe(3)
  await names()
  expect(read).toEqual([])
  await change(system.store, second, { name: `${word} 2 again` })
  await deleteAccount(system, third)
  expect(await names()).toEqual([`${word} 1`, `${word} 2 again`])
  expect(read).toEqual([second.id])
})

describe('a sorted list of accounts', () => {
  const owner = 'root'
  const word = 'Sorted'
  const names = ['delta', 'Alpha', 'charlie', 'BRAVO', 'echo'].map((name) => `${word} ${name}`)
  const sorted = names.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
  beforeAll(async () => {
    for (const [at, name] of names.entries()) {
      await world().account({ id: newRecordId('account', noon + at), owner, name })
    }
  })

  const list = (given: Partial<AccountsQuery> = {}) =>
    listAccounts(world().system, { ...anyPage, search: word, perPage: 2, ...given })
  const namesOf = async (page: AccountPage) =>
    (await accountsOf(world().system, page)).map(({ name }) => name)

  async function byCursor(
    given: Partial<AccountsQuery>,
    between: () => Promise<unknown>,
    mostPages = 10,
  ) {
    const seen: string[] = []
    let from: AccountsQuery['from'] = { page: 1 }
    for (let pages = 0; pages < mostPages; pages += 1) {
      const page: AccountPage = await list({ ...given, from })
      seen.push(...(await namesOf(page)))
      if (page.next === undefined) return seen
      from = { cursor: page.next }
      await between()
    }
    return seen
  }
  const nothing = async () => undefined

  test.each([
    ['name', false, sorted],
    ['name', true, sorted.toReversed()],
    ['createdAt', false, names],
    ['createdAt', true, names.toReversed()],
  ] as const)(
    'by %s (descending: %s) has every account once, by number and by cursor',
    async (by, isDescending, expected) => {
      const sorting = { by, isDescending }
      expect(await byCursor({ sorting }, nothing)).toEqual(expected)
      const pages = await Promise.all([1, 2, 3, 4].map((page) => list({ sorting, from: { page } })))
      expect((await Promise.all(pages.map(namesOf))).flat()).toEqual(expected)
      expect(pages.map(({ total }) => total)).toEqual([5, 5, 5, 5])
    },
  )

  test('finds a part of a name without regard to case and to how characters are composed', async () => {
    const search = '\uff33orted \u00c9CL'
    expect((await list({ search })).total).toBe(0)
    const { clientId } = await world().account({ owner, name: `${word} e\u0301clair` })
    const page = await list({ search })
    const accounts = await accountsOf(world().system, page)
    expect([accounts.map((one) => one.clientId), page.total]).toEqual([[clientId], 1])
    await deleteAccount(world().system, { clientId })
    expect((await list({ search })).total).toBe(0)
  })

  test.each([
    ['name', sorted],
    ['createdAt', names],
  ] as const)(
    'by %s shows what stays exactly once by cursor, while others come and go',
    async (by, expected) => {
      const others: Account[] = []
      const sorting = { by, isDescending: false }
      const seen = await byCursor(
        { sorting },
        async () => {
          for (const one of others.splice(0)) await deleteAccount(world().system, one)
          const letters = ['a', 'c', 'z'].map((letter) => `${word} ${letter} ${by}`)
          others.push(...(await Promise.all(letters.map((name) => world().account({ name })))))
        },
        20,
      )
      for (const one of others) await deleteAccount(world().system, one)
      expect(seen.filter((name) => names.includes(name))).toEqual(expected)
    },
  )

  test('refuses a cursor of another order or search, one that was altered, and one of another server', async () => {
    const byName = { by: 'name', isDescending: false } as const
    const { next = '' } = await list({ sorting: byName })
    const from = { cursor: next }
    const first = next.startsWith('W') ? 'X' : 'W'
    const elsewhere = { ...world().system, peppers: [pepperOf(newPepperKey())] as const }
    const query = { ...anyPage, sorting: byName, search: word, from }
    for (const call of [
      list({ from }),
      list({ from, sorting: { ...byName, isDescending: true } }),
      list({ from, sorting: byName, search: 'sorte' }),
      list({ from: { cursor: `${first}${next.slice(1)}` }, sorting: byName }),
      list({ from: { cursor: next.slice(0, -1) }, sorting: byName }),
      list({ from: { cursor: '' }, sorting: byName }),
      listAccounts(elsewhere, query),
    ]) {
      expect(await refusal(call)).toEqual(['request.invalid', { rule: 'cursor_is_of_its_list' }])
    }
    const page = await list({ from, sorting: byName, search: word.toUpperCase() })
    expect(await namesOf(page)).toEqual(sorted.slice(2, 4))
  })

  test('takes a cursor that a retired pepper made', async () => {
    const { next = '' } = await list()
    const { peppers } = world().system
    const turned = { ...world().system, peppers: [pepperOf(newPepperKey()), ...peppers] as const }
    const query = { ...anyPage, search: word, from: { cursor: next } }
    expect(await namesOf(await listAccounts(turned, query))).toEqual(names.slice(2))
  })
})

describe('what a page shows of accounts', () => {
  const secretCredential = (): Credential => {
    const digest = digestWith(pepperOf(newPepperKey()), newSecret('secret').reveal())
    const id = newId('credential', noon)
    return { id, name: '', kind: 'secret', digest, createdAt: noon, createdBy: 'test' }
  }

  /** A store that notes what it is asked for, and answers in the next turn. */
  function noting() {
    const asked: string[] = []
    const { store } = world().system
    const noted: Store = {
      ...store,
      get: async (kind, id) => {
        asked.push(`get ${kind}`)
        await nextTurn()
        asked.push(`got ${kind}`)
        return await store.get(kind, id)
      },
      uses: async (ids) => {
        asked.push(`uses ${ids.join(' ')}`)
        return await store.uses(ids)
      },
    }
    return { ctx: { ...world().system, store: noted }, asked }
  }

  test('is asked for together with the account, where one is read', async () => {
    const own = secretCredential()
    const account = await world().account({ credentials: [own] })
    await world().store.noteUses(new Map([[own.id, { at: noon, from: '192.0.2.1' }]]))
    const { ctx, asked } = noting()
    const seen = await readSeenAccount(ctx, account)
    expect(seen).toMatchObject({ account: { id: account.id }, lastUse: { at: noon } })
    expect(asked).toEqual(['get account', `uses ${own.id}`, 'got account'])
  })

  test('is asked for again where the account has credentials that are not known here yet', async () => {
    const [known, added] = [secretCredential(), secretCredential()]
    const account = await world().account({ credentials: [known] })
    await change(world().store, account, { credentials: [known, added] })
    const here = jest.spyOn(world().system.known, 'accountByClientId').mockReturnValue(account)
    await world().store.noteUses(new Map([[added.id, { at: noon + 1 }]]))
    const { ctx, asked } = noting()
    const seen = await readSeenAccount(ctx, account)
    here.mockRestore()
    expect(seen.lastUse).toEqual({ at: noon + 1 })
    expect(asked.filter((one) => one.startsWith('uses'))).toEqual([
      `uses ${known.id}`,
      `uses ${known.id} ${added.id}`,
    ])
  })

  test('is listed by one reading of the log', async () => {
    const readings = jest.spyOn(world().system.known, 'catchUp')
    await listAccounts(world().system, anyPage)
    expect(readings).toHaveBeenCalledTimes(1)
    readings.mockRestore()
  })
})
