import { describe, expect, test } from '@jest/globals'
import { listAccounts, readAccount } from '../../../src/domain/accounts/read.ts'
import { deleteAccount } from '../../../src/domain/accounts/update.ts'
import { listEvents } from '../../../src/domain/audit/log.ts'
import type { Context } from '../../../src/domain/context.ts'
import { listCredentials } from '../../../src/domain/credentials/list.ts'
import { change } from '../../contract/samples.ts'
import { manage, refusal, view, worldOfFile } from '../world.ts'

const world = worldOfFile()

const readers: readonly (readonly [
  string,
  typeof manage | typeof view,
  (ctx: Context, clientId: string) => Promise<unknown>,
])[] = [
  ['account.read', manage, readAccount],
  ['account.list', manage, (ctx) => listAccounts(ctx, 1, 10)],
  ['credential.list', manage, listCredentials],
  ['audit.list', view, (ctx) => listEvents(ctx, { limit: 1 })],
]

describe.each(readers)('%s', (action, needed, read) => {
  test('is for those alone who hold the permission for it, and a refusal names that', async () => {
    const { clientId } = await world().account()
    const other = needed === manage ? view : manage
    expect(await refusal(read(await world().holding(needed), clientId))).toEqual([])
    expect(await refusal(read(await world().holding(other), clientId))).toEqual([
      'actor.forbidden',
      { action, needed: [needed] },
    ])
  })

  test('ends at the ceiling of the token', async () => {
    const { clientId } = await world().account()
    const holder = await world().account({ permissions: [manage, view] })
    const [code] = await refusal(read(world().as(holder, []), clientId))
    expect(code).toBe('actor.forbidden')
  })

  test('is refused for an actor that was disabled or deleted after its token was made', async () => {
    const { clientId } = await world().account()
    for (const end of [{ state: 'disabled' }, { live: false, purgeAfter: 0 }] as const) {
      const actor = await world().account({ permissions: [manage, view] })
      await change(world().store, actor, end)
      const found = await refusal(read(world().as(actor), clientId))
      expect(found).toEqual(['actor.unauthenticated', { why: 'inactive' }])
    }
  })

  test('writes nothing', async () => {
    const { clientId } = await world().account()
    const before = await world().store.head()
    await read(world().system, clientId)
    expect(await world().store.head()).toBe(before)
  })
})

describe('reading one account', () => {
  test('finds neither one that never was, nor one that is deleted', async () => {
    const account = await world().account()
    expect(await readAccount(world().system, account.clientId)).toEqual(account)
    await deleteAccount(world().system, account)
    for (const clientId of [account.clientId, 'ost_ci_nobody']) {
      expect(await refusal(readAccount(world().system, clientId))).toEqual([
        'account.not_found',
        {},
      ])
    }
  })
})

describe('a page of accounts', () => {
  test('has the live ones alone, and counts them all', async () => {
    const made = [await world().account(), await world().account(), await world().account()]
    const [, second] = made
    if (!second) throw new Error('none was made')
    await deleteAccount(world().system, second)
    const all = await listAccounts(world().system, 1, 200)
    const ids = all.accounts.map(({ clientId }) => clientId)
    expect(all.total).toBe(ids.length)
    expect(made.map(({ clientId }) => ids.includes(clientId))).toEqual([true, false, true])
    const pages: string[] = []
    for (let page = 1; pages.length < all.total; page += 1) {
      const { accounts, total } = await listAccounts(world().system, page, 2)
      expect(total).toBe(all.total)
      pages.push(...accounts.map(({ clientId }) => clientId))
    }
    expect(pages).toEqual(ids)
    expect((await listAccounts(world().system, 1000, 2)).accounts).toEqual([])
  })
})
