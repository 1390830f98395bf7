import { expect, test } from '@jest/globals'
import { noon, sampleAccount } from '../domain/samples.ts'
import { brokenAt, create, eventFor, looseEvent, outcome, tally, wholeLog } from './samples.ts'
import type { Opened } from './store.ts'

const texts = {
  emoji:
    'family \ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67 and flag \ud83c\uddee\ud83c\uddf9',
  'right to left': '\u05e9\u05dc\u05d5\u05dd \u202e\u0645\u0631\u062d\u0628\u0627',
  NUL: 'a\u0000b\u0000',
  combining: 'e\u0301\u0327 Z\u0351\u036b\u0343',
  'half a surrogate pair': 'x\ud800y',
  'keys of a query': '$where.$gt.__proto__',
  'quotes and ends of line': `'"\`\\\r\n\u2028\u2029; DROP TABLE record --`,
  'nothing but blanks': ' \t\u00a0\u3000',
  'text that looks like JSON': '{"$oid":"5f"}',
} as const

export function valueRules(opened: () => Opened): void {
  for (const [what, text] of Object.entries(texts)) {
    test(`keeps any text exactly: ${what}`, async () => {
      const record = sampleAccount({ name: text, description: text, audiences: [text, ''] })
      const event = eventFor(record, {
        actor: { kind: 'account', id: text, name: text },
        target: { kind: text, id: text, name: text },
        after: { [text]: { [text]: text } },
      })
      await opened().store.commit('account', record, event)
      expect(await opened().store.reserve(text, noon)).toBe(true)
      const store = await opened().reopen()
      expect(await store.get('account', record.id)).toEqual(record)
      expect(await outcome(create(store, { name: text }))).toBe('name.taken name')
      expect(await store.reserve(text, noon)).toBe(false)
      expect(brokenAt(await wholeLog(store))).toBe(0)
      expect((await wholeLog(store))[0]).toMatchObject(event)
    })
  }

  test('keeps a record and an event of 200 kB', async () => {
    const description = '\u20ac'.repeat(70_000)
    const record = sampleAccount({ name: description, description })
    await opened().store.commit('account', record, eventFor(record, { after: { description } }))
    const store = await opened().reopen()
    expect(await store.get('account', record.id)).toEqual(record)
    const [event] = await wholeLog(store)
    expect(event?.after).toEqual({ description })
    expect(event && brokenAt([event])).toBe(0)
  })

  test('a member that is undefined is absent', async () => {
    const { store } = opened()
    const record = { ...sampleAccount(), jwksUri: undefined, purgeAfter: undefined }
    const { jwksUri: _uri, purgeAfter: _time, ...defined } = record
    await store.commit('account', defined, eventFor(defined))
    expect(await store.get('account', record.id)).toStrictEqual(defined)
  })

  test('all that was acknowledged outlives a restart', async () => {
    const record = await create(opened().store)
    await opened().store.append(looseEvent())
    await opened().store.noteUses(new Map([['used', { at: noon, from: '::1' }]]))
    const store = await opened().reopen()
    expect(await store.get('account', record.id)).toEqual(record)
    expect(await store.head()).toBe(2)
    expect(await store.uses(['used'])).toEqual(new Map([['used', { at: noon, from: '::1' }]]))
    await create(store)
    expect(brokenAt(await wholeLog(store))).toBe(0)
  })

  test('has nothing to say of its writes while they succeed', async () => {
    await expect(opened().store.probeWrites()).resolves.toBeUndefined()
  })

  test('every call after the store is closed fails with store.unavailable', async () => {
    const { store } = opened()
    await store.close()
    const record = sampleAccount()
    const calls = [
      store.get('account', record.id),
      store.find('account', 'name', 'x'),
      store.list('account', { limit: 1 }),
      store.commit('account', record, eventFor(record)),
      store.append(looseEvent()),
      store.reserve('id', noon),
      store.events({ limit: 1 }),
      store.sweep(noon),
      store.probeWrites(),
    ]
    const outcomes = await Promise.all(calls.map(outcome))
    expect(tally(outcomes)).toEqual({ 'store.unavailable': calls.length })
    await expect(store.close()).resolves.toBeUndefined()
  })
}
