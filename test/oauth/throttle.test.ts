import { describe, expect, test } from '@jest/globals'
import { Throttle } from '../../src/oauth/throttle.ts'

const clock = { at: 1_000_000 }
const here = '192.0.2.1'

function refusedTimes(throttle: Throttle, times: number, address = here): number {
  for (let n = 0; n < times; n += 1) throttle.refused('client', address)
  return throttle.waitSeconds('client', address)
}

describe('the throttle of refused logins', () => {
  const open = (allowed = 3) => new Throttle(allowed, () => clock.at)

  test('lets the allowed number of refusals pass, then doubles the wait up to a minute', () => {
    const throttle = open()
    const waits = Array.from({ length: 12 }, () => refusedTimes(throttle, 1))
    expect(waits).toEqual([0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60])
  })

  test('is over when the wait is over, and counts on from there', () => {
    const throttle = open()
    expect(refusedTimes(throttle, 4)).toBe(2)
    clock.at += 1999
    expect(throttle.waitSeconds('client', here)).toBe(1)
    clock.at += 1
    expect(throttle.waitSeconds('client', here)).toBe(0)
    expect(refusedTimes(throttle, 1)).toBe(4)
  })

  test('concerns neither other clients nor other addresses', () => {
    const throttle = open()
    refusedTimes(throttle, 10)
    expect(throttle.waitSeconds('client', '192.0.2.2')).toBe(0)
    expect(throttle.waitSeconds('other', here)).toBe(0)
  })

  test('starts anew after a good login, and after ten minutes without a refusal', () => {
    const throttle = open()
    refusedTimes(throttle, 5)
    throttle.accepted('client', here)
    expect(refusedTimes(throttle, 2)).toBe(0)
    refusedTimes(throttle, 5)
    clock.at += 10 * 60_000 + 1
    expect(refusedTimes(throttle, 2)).toBe(0)
  })

  test('is off when no refusals are allowed for', () => {
    expect(refusedTimes(open(0), 100)).toBe(0)
  })

  test('forgets the oldest of ten thousand, so that strangers cannot fill the memory', () => {
    const throttle = open(1)
    refusedTimes(throttle, 5)
    for (let n = 0; n < 9_999; n += 1) throttle.refused(`stranger ${n}`, here)
    expect(throttle.waitSeconds('client', here)).toBeGreaterThan(0)
    throttle.refused('one more', here)
    expect(throttle.waitSeconds('client', here)).toBe(0)
    expect(throttle.waitSeconds('one more', here)).toBe(1)
  })

  test('forgets those that need not wait first: many names do not end the wait of one', () => {
    const throttle = open(2)
    refusedTimes(throttle, 5)
    for (let n = 0; n < 20_000; n += 1) throttle.refused(`stranger ${n}`, here)
    expect(throttle.waitSeconds('client', here)).toBeGreaterThan(0)
  })

  test('never asks for more than a minute, also when the clock is set back', () => {
    const throttle = open(1)
    refusedTimes(throttle, 5)
    clock.at -= 3600_000
    expect(throttle.waitSeconds('client', here)).toBe(60)
  })
})
