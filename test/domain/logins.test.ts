import { beforeEach, describe, expect, test } from '@jest/globals'
import type { NewEvent } from '../../src/domain/audit.ts'
import { LoginBook, type Refusal } from '../../src/domain/logins.ts'

const minuteMs = 60_000
const clock = { at: 0 }
const events: NewEvent[] = []
const uses: ReadonlyMap<string, number>[] = []
const faults: Error[] = []

function failIfTold(): void {
  const fault = faults.shift()
  if (fault) throw fault
}

const store = {
  append: async (event: NewEvent) => {
    failIfTold()
    events.push(event)
  },
  noteUses: async (noted: ReadonlyMap<string, number>) => {
    failIfTold()
    uses.push(new Map(noted))
  },
}

function refusal(given: Partial<Refusal> = {}): Refusal {
  return {
    clientId: 'client',
    name: 'reports',
    isKnown: true,
    why: 'wrong_secret',
    requestId: 'request-1',
    ...given,
  }
}

beforeEach(() => {
  clock.at = 1_000_000
  for (const list of [events, uses, faults]) list.length = 0
})

const open = () => new LoginBook(() => clock.at)

describe('refused logins in the audit log', () => {
  test('are one entry for each client and reason: how often, first and last', async () => {
    const book = open()
    book.refused(refusal())
    clock.at += 500
    book.refused(refusal({ requestId: 'request-2' }))
    book.refused(refusal({ why: 'expired_secret' }))
    await book.write(store)
    expect(events).toMatchObject([
      {
        action: 'login.refused',
        at: clock.at,
        actor: { kind: 'anonymous' },
        target: { kind: 'service_account', id: 'client', name: 'reports' },
        requestId: 'request-1',
        after: { reason: 'wrong_secret', count: 2, firstAt: clock.at - 500, lastAt: clock.at },
      },
      { after: { reason: 'expired_secret', count: 1 } },
    ])
  })

  test('of strangers are one entry, which does not say what they sent', async () => {
    const book = open()
    for (let n = 0; n < 50; n += 1) {
      book.refused(refusal({ clientId: `stranger ${n}`, isKnown: false, why: 'unknown_client' }))
    }
    await book.write(store)
    expect(events).toMatchObject([{ target: { id: '(unknown)' }, after: { count: 50 } }])
    expect(JSON.stringify(events)).not.toContain('stranger')
  })

  test('are written at most once a minute, but for the last time', async () => {
    const book = open()
    book.refused(refusal())
    await book.write(store)
    book.refused(refusal())
    clock.at += minuteMs - 1
    await book.write(store)
    expect(events).toHaveLength(1)
    clock.at += 1
    await book.write(store)
    expect(events).toHaveLength(2)
    book.refused(refusal())
    await book.write(store, true)
    expect(events).toHaveLength(3)
    await book.write(store, true)
    expect(events).toHaveLength(3)
  })

  test('are of a thousand kinds at most between two writings', async () => {
    const book = open()
    for (let n = 0; n < 1100; n += 1) book.refused(refusal({ clientId: `client ${n}` }))
    book.refused(refusal({ clientId: 'client 0' }))
    await book.write(store)
    expect(events).toHaveLength(1000)
    expect(events[0]?.after).toMatchObject({ count: 2 })
  })

  test('are kept when they cannot be written, with those that came meanwhile', async () => {
    const book = open()
    book.refused(refusal())
    const append = async (_event: NewEvent) => {
      book.refused(refusal())
      throw new Error('the store is away')
    }
    await expect(book.write({ ...store, append })).rejects.toThrow('away')
    clock.at += minuteMs
    await book.write(store)
    expect(events).toMatchObject([{ after: { count: 2, firstAt: 1_000_000 } }])
  })
})

describe('last uses of credentials', () => {
  test('are gathered and noted once, each with its latest time', async () => {
    const book = open()
    book.used('one')
    clock.at += 10
    book.used('one')
    book.used('two')
    await book.write(store)
    expect(uses).toEqual([
      new Map([
        ['one', clock.at],
        ['two', clock.at],
      ]),
    ])
    clock.at += minuteMs
    await book.write(store)
    expect(uses).toHaveLength(1)
  })

  test('are kept when they cannot be noted', async () => {
    const book = open()
    book.used('one')
    faults.push(new Error('the store is away'))
    await expect(book.write(store)).rejects.toThrow('away')
    clock.at += minuteMs
    await book.write(store)
    expect(uses).toEqual([new Map([['one', 1_000_000]])])
  })
})
