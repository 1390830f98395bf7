import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { makeCheckpoint } from '../../src/domain/audit/checkpoint.ts'
import type { NewEvent } from '../../src/domain/audit/event.ts'
import type { EventFilter, EventQuery } from '../../src/domain/store.ts'
import { noon, sampleAccount, unique } from '../domain/samples.ts'
import { brokenAt, create, eventFor, looseEvent, times, wholeLog } from './samples.ts'
import type { Opened } from './store.ts'

export function logRules(opened: () => Opened): void {
  test('an empty log has the head 0', async () => {
    const { store } = opened()
    expect(await store.head()).toBe(0)
    expect(await wholeLog(store)).toEqual([])
    expect(await store.countEvents({}, 10)).toBe(0)
  })

  test('20 committers at once get numbers without a gap, in one chain of hashes', async () => {
    const { store } = opened()
    const second = (await opened().another()) ?? store
    const made = await Promise.all(
      times(20, async (n) => [
        await create(n % 2 ? store : second),
        await create(n % 2 ? second : store),
      ]),
    )
    const events = await wholeLog(store)
    expect(events.map(({ seq }) => seq)).toEqual(times(40, (n) => n + 1))
    expect(brokenAt(events)).toBe(0)
    expect(await store.head()).toBe(40)
    const ids = made.flat().map(({ id }) => `${id}:1`)
    expect(events.map(({ id }) => id).sort()).toEqual(ids.sort())
  })

  test('a follower never sees a number before the one below it', async () => {
    const { store } = opened()
    const second = (await opened().another()) ?? store
    const writing = Promise.all(times(40, (n) => create(n % 2 ? store : second)))
    const seen: number[] = []
    while (seen.length < 40) {
      const news = await store.events({ after: seen.at(-1) ?? 0, limit: 100 })
      seen.push(...news.map(({ seq }) => seq))
      await nextTurn()
    }
    await writing
    expect(seen).toEqual(times(40, (n) => n + 1))
  })

  test('the event of a commit is in the log when the commit returns', async () => {
    const { store } = opened()
    const reader = (await opened().another()) ?? store
    for (let n = 1; n <= 5; n += 1) {
      const { id } = await create(store)
      expect(await reader.events({ after: n - 1, limit: 10 })).toMatchObject([{ id: `${id}:1` }])
    }
  })

  test('an event is appended once, however often and by how many it is tried', async () => {
    const { store } = opened()
    const second = (await opened().another()) ?? store
    const event = looseEvent()
    await Promise.all(times(10, (n) => (n % 2 ? store : second).append(event)))
    await store.append(event)
    const other = looseEvent()
    await second.append(other)
    expect(await wholeLog(store)).toMatchObject([
      { ...event, seq: 1 },
      { ...other, seq: 2 },
    ])
  })

  test('an event whose time is none could not be read back: it is refused, and nothing is written', async () => {
    const { store } = opened()
    const bad = { ...looseEvent(), at: Number.NaN }
    await expect(store.append(bad)).rejects.toMatchObject({ code: 'store.damaged' })
    const account = sampleAccount()
    const spoiled = { ...eventFor(account), at: Number.NaN }
    await expect(store.commit('account', account, spoiled)).rejects.toMatchObject({
      code: 'store.damaged',
    })
    expect(await wholeLog(store)).toEqual([])
    expect(await store.get('account', account.id)).toBeUndefined()
  })

  test('one checkpoint is made, however many sign the log at the same moment', async () => {
    const { store } = opened()
    const second = (await opened().another()) ?? store
    await Promise.all(times(5, () => store.append(looseEvent())))
    const sign = async ({ entry }: { readonly entry: number }) => `${entry} by ${unique('key')}`
    const at = noon + 3_600_000
    await Promise.all(times(10, (n) => makeCheckpoint(n % 2 ? store : second, at, sign)))
    await makeCheckpoint(second, at, sign)
    const made = (await wholeLog(store)).filter(({ action }) => action === 'log.checkpoint')
    expect(made).toMatchObject([{ seq: 6, id: 'checkpoint:1' }])
    await store.append(looseEvent())
    await makeCheckpoint(second, at + 3_600_000, sign)
    expect((await wholeLog(store)).at(-1)).toMatchObject({ seq: 8, id: 'checkpoint:2' })
  })

  test('events come by number, actor, target and time, in either order, page by page', async () => {
    const { store } = opened()
    for (let n = 0; n < 8; n += 1) {
      const id = n % 2 ? 'odd' : 'even'
      const actor = { kind: 'account', id, name: id } as const
      const target = { kind: 'account', id: n < 4 ? 'low' : 'high', name: '' }
      await store.append(looseEvent({ at: noon + n, actor, target }))
    }
    const rows: readonly [Omit<EventQuery, 'limit'>, readonly number[]][] = [
      [{}, [1, 2, 3, 4, 5, 6, 7, 8]],
      [{ after: 6 }, [7, 8]],
      [{ before: 3 }, [1, 2]],
      [{ after: 2, before: 5 }, [3, 4]],
      [{ before: 7, actorId: 'odd', newestFirst: true }, [6, 4, 2]],
      [{ before: 1 }, []],
      [{ from: noon + 2 }, [3, 4, 5, 6, 7, 8]],
      [{ to: noon + 2 }, [1, 2]],
      [{ from: noon + 2, to: noon + 4 }, [3, 4]],
      [{ actorId: 'odd' }, [2, 4, 6, 8]],
      [{ targetId: 'high' }, [5, 6, 7, 8]],
      [{ actorId: 'even', targetId: 'low', from: noon + 1 }, [3]],
      [{ newestFirst: true }, [8, 7, 6, 5, 4, 3, 2, 1]],
      [{ actorId: 'odd', newestFirst: true, after: 2 }, [8, 6, 4]],
      [{ actorId: 'nobody' }, []],
    ]
    for (const [query, expected] of rows) {
      const numbers = (await store.events({ ...query, limit: 100 })).map(({ seq }) => seq)
      expect({ query, numbers }).toEqual({ query, numbers: expected })
      const page = await store.events({ ...query, offset: 1, limit: 2 })
      expect(page.map(({ seq }) => seq)).toEqual(expected.slice(1, 3))
      expect(await store.events({ ...query, limit: 0 })).toEqual([])
      expect(await store.countEvents(query, 100)).toBe(expected.length)
      expect(await store.countEvents(query, 3)).toBe(Math.min(3, expected.length))
    }
  })

  test('events come by what they belong to, what happened, to what, and who did it from where', async () => {
    const { store } = opened()
    const [acme, other] = ['company:acme', 'company:other'] as const
    const person = { kind: 'person', id: 'ada', name: 'Ada' } as const
    const bot = { kind: 'account', id: 'bot', name: '' } as const
    const role = { kind: 'role', id: 'r', name: '' }
    const changes: readonly Partial<NewEvent>[] = [
      { scope: [acme], actor: { ...person, of: [acme] } },
      { scope: ['project:p', acme], actor: { ...bot, of: [acme] }, action: 'project.create' },
      { scope: ['root', acme, other], actor: { ...person, of: [other] }, target: role },
      { scope: [other], actor: { ...bot, impersonatedBy: person } },
      { scope: ['root'], actor: { kind: 'system', id: 'purge', name: '' } },
      { actor: { kind: 'anonymous', id: '', name: '' } },
    ]
    for (const change of changes) await store.append(looseEvent(change))
    const rows: readonly [EventFilter, readonly number[]][] = [
      [{ scope: acme }, [1, 2, 3]],
      [{ scope: 'project:p' }, [2]],
      [{ scope: other }, [3, 4]],
      [{ scope: 'company:ac' }, []],
      [{ scope: acme, after: 1, before: 3 }, [2]],
      [{ by: 'ada' }, [1, 3, 4]],
      [{ by: 'bot' }, [2, 4]],
      [{ by: 'purge' }, [5]],
      [{ scope: other, by: 'ada' }, [3, 4]],
      [{ scope: other, actorId: 'ada' }, [3]],
      [{ scope: acme, actorOf: acme }, [1, 2]],
      [{ scope: acme, actorNotOf: acme }, [3]],
      [{ actorNotOf: other }, [1, 2, 4, 5, 6]],
      [{ actorOf: acme, actorNotOf: acme }, []],
      [{ scope: acme, actions: ['project.create', 'company.create'] }, [2]],
      [{ actions: [] }, []],
      [{ scope: acme, targetKind: 'role' }, [3]],
      [{ actorKinds: ['person', 'anonymous'] }, [1, 3, 6]],
      [{ scope: acme, actorOf: acme, actorKinds: ['account'] }, [2]],
    ]
    for (const [query, expected] of rows) {
      const numbers = (await store.events({ ...query, limit: 9 })).map(({ seq }) => seq)
      expect({ query, numbers }).toEqual({ query, numbers: expected })
      const newest = await store.events({ ...query, newestFirst: true, limit: 9 })
      expect(newest.map(({ seq }) => seq)).toEqual(expected.toReversed())
      expect(await store.countEvents(query, 9)).toBe(expected.length)
      const page = await store.events({ ...query, offset: 1, limit: 1 })
      expect(page.map(({ seq }) => seq)).toEqual(expected.slice(1, 2))
    }
    const [third] = await store.events({ after: 2, limit: 1 })
    const again = await store.events({ id: third?.id ?? '', scope: acme, limit: 2 })
    expect(again).toEqual([third])
    expect(await store.events({ id: third?.id ?? '', scope: 'project:p', limit: 2 })).toEqual([])
  })

  test('who stood behind an actor comes back, and is found when that is asked for', async () => {
    const { store } = opened()
    const by = { kind: 'person', id: unique('behind'), name: 'Ada' } as const
    const actor = { kind: 'account', id: unique('actor'), name: '', impersonatedBy: by } as const
    const event = looseEvent({ actor })
    await store.append(event)
    const [found] = await store.events({ actorId: actor.id, limit: 2 })
    expect(found).toMatchObject(event)
    expect(await store.events({ actorId: by.id, limit: 2 })).toEqual([])
    expect(await store.events({ by: by.id, limit: 2 })).toEqual([found])
  })

  test('facts of any shape come back as they were chained', async () => {
    const { store } = opened()
    const record = sampleAccount()
    const before = {
      'a.b': 1,
      $set: { $gt: [null, { 'x.$': true }] },
      '': 'empty',
      ['__proto__']: 'own',
      gone: undefined,
      list: [undefined, 1.5, -0, Number.NaN],
      date: new Date(noon),
      text: '\u0000 \ud83d\ude00 \u202e \ud800',
    }
    await store.commit('account', record, eventFor(record, { before, after: { nested: before } }))
    await store.append(looseEvent({ after: {} }))
    const events = await wholeLog(store)
    expect(brokenAt(events)).toBe(0)
    expect(JSON.parse(JSON.stringify(events[0]?.before))).toEqual(
      JSON.parse(JSON.stringify(before)),
    )
    expect(events[1]?.before).toBeUndefined()
  })

  test('settling a log in which nothing is missing changes nothing', async () => {
    const { store } = opened()
    await create(store)
    await Promise.all([store.settle(), store.settle()])
    expect(await store.head()).toBe(1)
  })
}
