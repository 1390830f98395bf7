import { describe, expect, test } from '@jest/globals'
import { chain, isChained } from '../../../src/domain/audit/chain.ts'
import type { Event, NewEvent } from '../../../src/domain/audit/event.ts'
import { verifyLog } from '../../../src/domain/audit/verify.ts'
import { Problem } from '../../../src/domain/problem.ts'
import type { EventQuery } from '../../../src/domain/store.ts'

function entry(n: number): NewEvent {
  return {
    id: `acc_1:${n}`,
    at: 1000 + n,
    action: 'account.update',
    actor: { kind: 'account', id: 'client', name: 'operator' },
    target: { kind: 'service_account', id: 'other', name: 'reports' },
    requestId: `request-${n}`,
    record: { kind: 'account', id: 'acc_1' },
    before: { description: 'a', permissions: ['x', 'y'] },
    after: { description: 'b', permissions: [] },
  }
}

function logOf(length: number): Event[] {
  const log: Event[] = []
  for (let n = 1; n <= length; n += 1) log.push(chain(entry(n), log.at(-1)))
  return log
}

const storeOf = (log: readonly Event[]) => ({
  events: async ({ after = 0, limit }: EventQuery) =>
    log.filter(({ seq }) => seq > after).slice(0, limit),
})

describe('a chained entry', () => {
  const [first, second] = logOf(2)
  if (!first || !second) throw new Error('no log')

  test('has its number and the hash of the one before', () => {
    expect([first.seq, first.previousHash]).toEqual([1, ''])
    expect([second.seq, second.previousHash]).toEqual([2, first.hash])
    expect(isChained(first, undefined)).toBe(true)
    expect(isChained(second, first)).toBe(true)
  })

  test('is chained the same whatever the order of its members', () => {
    const turned = Object.fromEntries(Object.entries(second).toReversed())
    expect(isChained({ ...second, ...turned }, first)).toBe(true)
    const facts = { permissions: ['x', 'y'], description: 'a' }
    expect(isChained({ ...second, before: facts }, first)).toBe(true)
  })

  test.each([
    ['its time', { at: 5 }],
    ['its action', { action: 'account.delete' }],
    ['who did it', { actor: { kind: 'account', id: 'client', name: 'Operator' } }],
    ['its target', { target: { kind: 'service_account', id: 'other', name: '' } }],
    ['its request', { requestId: 'request-x' }],
    ['what was before', { before: { description: 'a', permissions: ['y', 'x'] } }],
    ['what is after', { after: { description: 'b', permissions: [], state: 'disabled' } }],
    ['what it had', { before: undefined }],
    ['its number', { seq: 3 }],
    ['its place', { previousHash: 'x' }],
    ['its hash', { hash: 'x' }],
  ] as const)('is broken by a change of %s', (_, change) => {
    const changed = { ...second, ...change }
    expect(isChained({ ...changed, before: changed.before ?? {} }, first)).toBe(false)
  })

  test('is broken after another one', () => {
    expect(isChained(second, undefined)).toBe(false)
    expect(isChained(second, second)).toBe(false)
  })
})

describe('the whole log', () => {
  test('is sound, also when it is empty and when it is long', async () => {
    expect(await verifyLog(storeOf([]))).toEqual({ isSound: true, count: 0, lastHash: '' })
    const log = logOf(1201)
    const lastHash = log.at(-1)?.hash
    expect(await verifyLog(storeOf(log))).toEqual({ isSound: true, count: 1201, lastHash })
  })

  test.each([1, 2, 600, 1200])('is broken where entry %d was changed', async (seq) => {
    const log = logOf(1200).map((event) => (event.seq === seq ? { ...event, at: 1 } : event))
    expect(await verifyLog(storeOf(log))).toEqual({ isSound: false, brokenAt: seq })
  })

  test.each([1, 3, 600])('is broken where entry %d cannot be read', async (seq) => {
    const { events } = storeOf(logOf(700))
    const damaged: typeof events = async (query) => {
      const page = await events(query)
      if (!page.some((event) => event.seq === seq)) return page
      throw new Problem('store.damaged', { what: 'entry' })
    }
    expect(await verifyLog({ events: damaged })).toEqual({ isSound: false, brokenAt: seq })
  })

  test('is broken where an entry is missing', async () => {
    const log = logOf(5).filter(({ seq }) => seq !== 3)
    expect(await verifyLog(storeOf(log))).toEqual({ isSound: false, brokenAt: 3 })
  })

  test('is broken where an entry was chained anew, at the next one', async () => {
    const log = logOf(5)
    const forged = chain({ ...entry(3), requestId: 'forged' }, log[1])
    const all = log.map((event) => (event.seq === 3 ? forged : event))
    expect(await verifyLog(storeOf(all))).toEqual({ isSound: false, brokenAt: 4 })
  })
})
