import { expect, test } from '@jest/globals'
import { Quota } from '../../src/oauth/quota.ts'

const clock = { at: 1_000_000 }
const open = () => new Quota(2, () => clock.at)

test('so many times in a minute are free to each, then the rest of the minute is to be waited for', () => {
  const quota = open()
  const first = quota.take('a')
  clock.at += 10_500
  expect([first, quota.take('a'), quota.take('a'), quota.take('b')]).toEqual([0, 0, 50, 0])
  clock.at += 49_500
  expect(quota.take('a')).toBe(0)
})

test('a clock that was set back lets nobody wait', () => {
  const quota = open()
  for (let n = 0; n < 3; n += 1) quota.take('a')
  clock.at -= 3_600_000
  expect(quota.take('a')).toBe(0)
})
