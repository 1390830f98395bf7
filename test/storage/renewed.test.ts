import { setImmediate } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { renewed } from '../../src/storage/mongo/renewed.ts'
import { eventually } from '../support/eventually.ts'

const timeoutMs = 1000

/** A client that notes what is done with it, whose server is away for so many connections. */
function clientOf({ refusals = 0 } = {}) {
  const done: string[] = []
  let now = 0
  let left = refusals
  const client = {
    close: async () => void done.push('close'),
    connect: async () => {
      done.push('connect')
      left -= 1
      if (left >= 0) throw new Error('away')
      return Object(client)
    },
  }
  const renewal = renewed(client, timeoutMs, () => now)
  const failAt = (ms: number) => {
    now = ms
    renewal.failed()
  }
  /** Resolves when a renewal that was begun is over. */
  const atRest = () => setImmediate()
  return { renewal, done, failAt, atRest }
}

test('a client of which nothing came but failures for two timeouts is closed and connected', async () => {
  const { done, failAt } = clientOf()
  failAt(500)
  failAt(2499)
  expect(done).toEqual([])
  failAt(2500)
  expect(await eventually(() => done.length === 2)).toBe(true)
  expect(done).toEqual(['close', 'connect'])
})

test('one answer among the failures leaves a client as it is', () => {
  const { renewal, done, failAt } = clientOf()
  failAt(0)
  renewal.answered()
  failAt(2000)
  expect(done).toEqual([])
})

test('failures while a client is connected anew do not begin that again', async () => {
  const { done, failAt } = clientOf()
  failAt(0)
  failAt(2000)
  failAt(2000)
  expect(await eventually(() => done.length === 2)).toBe(true)
  expect(done).toEqual(['close', 'connect'])
})

test('a client that cannot be connected is connected again with the first failure a second later', async () => {
  const { done, failAt, atRest } = clientOf({ refusals: 1 })
  failAt(0)
  failAt(2000)
  await atRest()
  failAt(2999)
  await atRest()
  expect(done).toEqual(['close', 'connect'])
  failAt(3000)
  await atRest()
  expect(done).toEqual(['close', 'connect', 'close', 'connect'])
})

test('a client that was connected anew has two timeouts again', async () => {
  const { done, failAt } = clientOf()
  failAt(0)
  failAt(2000)
  expect(await eventually(() => done.length === 2)).toBe(true)
  failAt(2001)
  failAt(4000)
  expect(done).toEqual(['close', 'connect'])
  failAt(4001)
  expect(await eventually(() => done.length === 4)).toBe(true)
})

test('a client that is closed for good is not connected again, though it was about to be', async () => {
  const { renewal, done, failAt } = clientOf()
  failAt(0)
  failAt(2000)
  await renewal.close()
  failAt(9000)
  expect(done).toEqual(['close', 'close'])
})
