import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Directory } from '../../../src/directory/directory.ts'
import { type LogAsked, listEvents, logPage } from '../../../src/domain/audit/log.ts'
import type { Context } from '../../../src/domain/context.ts'
import { pepperOf, Secret } from '../../../src/domain/secret.ts'
import type { EventQuery, Store } from '../../../src/domain/store.ts'
import { openSqlite } from '../../../src/storage/sqlite/open.ts'
import { looseEvent, outcome, times } from '../../contract/samples.ts'
import { projects } from '../world.ts'

const count = 10_003

describe('a long audit log', () => {
  let folder: string
  let store: Store

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ostiary-log-'))
    store = await openSqlite(join(folder, 'ostiary.db'))
    const target = { kind: 'account', id: 'often', name: '' }
    await store.append(looseEvent({ target, requestId: 'the first' }))
    for (let made = 1; made < count; made += 1000) {
      const batch = times(Math.min(1000, count - made), () => looseEvent({ target }))
      await Promise.all(batch.map((event) => store.append(event)))
    }
  })
  afterAll(async () => {
    await store.close()
    await rm(folder, { recursive: true })
  })

  async function context(): Promise<Context> {
    return {
      store,
      known: await Directory.load(store, Date.now),
      actor: { kind: 'system', name: 'test' },
      requestId: 'test',
      peppers: [pepperOf(new Secret('x'.repeat(64)))],
      people: { own: '', configured: [] },
      limits: {
        liveCredentials: 1,
        overlapSeconds: 0,
        tombstoneSeconds: 0,
        projectTokenSeconds: 0,
      },
      projects,
      now: Date.now,
    }
  }
  const list = async (query: EventQuery) => await listEvents(await context(), query)

  test('is counted in full without a filter, and no further than 10,000 with one', async () => {
    expect((await list({ limit: 1 })).total).toBe(count)
    expect((await list({ limit: 1, targetId: 'often' })).total).toBeUndefined()
    expect((await list({ limit: 1, targetId: 'never' })).total).toBe(0)
  })

  test('has every page by number without a filter', async () => {
    const { events, next } = await list({ limit: 2, offset: count - 3 })
    expect(events.map(({ seq }) => seq)).toEqual([3, 2])
    expect(next).toBe(2)
    const last = await list({ limit: 2, offset: count - 2 })
    expect(last.events.map(({ seq }) => seq)).toEqual([2, 1])
    expect(last.next).toBeUndefined()
    expect((await list({ limit: 2, offset: count + 7 })).events).toEqual([])
  })

  test('is looked through for so many entries for a page, which leads on', async () => {
    const ctx = await context()
    const wanted = { filter: { targetId: 'often' }, search: { requestId: 'the first' }, perPage: 2 }
    const pages: number[][] = []
    for (let at: LogAsked['at'] | undefined = { page: 1 }; at !== undefined; ) {
      const { events, total, next } = await logPage(ctx, { ...wanted, at })
      expect(total).toBeUndefined()
      pages.push(events.map(({ seq }) => seq))
      at = next === undefined ? undefined : { cursor: next }
    }
    expect(pages).toEqual([[], [], [1]])
    const last = await logPage(ctx, { ...wanted, at: { page: 1 }, isOldestFirst: true })
    expect(last.events.map(({ seq }) => seq)).toEqual([1])
    expect(await outcome(logPage(ctx, { ...wanted, at: { page: 2 } }))).toBe('request.invalid page')
  })

  test('refuses pages far into a filter, and leads there by number', async () => {
    const filter = { targetId: 'often', limit: 2 }
    expect(await outcome(list({ ...filter, offset: 10_001 }))).toBe('request.invalid page')
    const { events } = await list({ ...filter, offset: 10_000 })
    expect(events.map(({ seq }) => seq)).toEqual([3, 2])
    expect((await list({ ...filter, before: 2 })).events.map(({ seq }) => seq)).toEqual([1])
  })
})
