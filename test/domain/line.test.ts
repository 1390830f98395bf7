import { afterEach, expect, jest, test } from '@jest/globals'
import { inLine } from '../../src/domain/line.ts'

afterEach(() => {
  jest.useRealTimers()
})

/** Something that lasts until it is told to end. */
class Lasting {
  hasBegun = false
  readonly begun = Promise.withResolvers<void>()
  readonly end = Promise.withResolvers<string>()
  readonly done: Promise<string>

  constructor(line: string) {
    this.done = inLine(line, () => {
      this.hasBegun = true
      this.begun.resolve()
      return this.end.promise
    })
  }
}

test('what comes in one line is done in its order, one after the other, whatever becomes of it', async () => {
  const [first, second, third] = [new Lasting('one'), new Lasting('one'), new Lasting('one')]
  await first.begun.promise
  third.end.resolve('third')
  first.end.reject(new Error('in vain'))
  await expect(first.done).rejects.toThrow('in vain')
  await second.begun.promise
  expect(third.hasBegun).toBe(false)
  second.end.resolve('second')
  expect(await Promise.all([second.done, third.done])).toEqual(['second', 'third'])
})

test('what is in another line does not wait', async () => {
  const both = [new Lasting('one'), new Lasting('other')]
  for (const { begun } of both) await begun.promise
  for (const { end } of both) end.resolve('done')
  expect(await Promise.all(both.map(({ done }) => done))).toEqual(['done', 'done'])
})

test('whoever has waited for five seconds goes ahead, and leaves no timer', async () => {
  jest.useFakeTimers()
  const [stuck, second, third] = [new Lasting('one'), new Lasting('one'), new Lasting('one')]
  await jest.advanceTimersByTimeAsync(4999)
  expect([stuck, second, third].map(({ hasBegun }) => hasBegun)).toEqual([true, false, false])
  await jest.advanceTimersByTimeAsync(1)
  expect([second, third].map(({ hasBegun }) => hasBegun)).toEqual([true, true])
  for (const { end } of [stuck, second, third]) end.resolve('done')
  await Promise.all([stuck.done, second.done, third.done])
  expect(jest.getTimerCount()).toBe(0)
})
