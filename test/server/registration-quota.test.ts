import { expect, test } from '@jest/globals'
import { RegistrationQuota } from '../../src/server/registration-quota.ts'

const bounds = { mostEach: 2, mostInAll: 5 }

test('an address has its turns, and after a minute it has them again', () => {
  let at = 0
  const quota = new RegistrationQuota(bounds, () => at)
  expect([1, 2, 3].map(() => quota.take('192.0.2.1').waitSeconds)).toEqual([0, 0, 60])
  at = 59_001
  expect(quota.take('192.0.2.1').waitSeconds).toBe(1)
  at = 60_000
  expect(quota.take('192.0.2.1').waitSeconds).toBe(0)
})

test('one address cannot use up the turns of all, and all of them have no more than theirs', () => {
  const quota = new RegistrationQuota(bounds, () => 0)
  for (let times = 0; times < 20; times += 1) quota.take('192.0.2.1')
  const others = ['192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.5']
  expect(others.map((address) => quota.take(address).waitSeconds)).toEqual([0, 0, 0, 60])
})

test('the addresses of one site count as one', () => {
  const quota = new RegistrationQuota(bounds, () => 0)
  const site = ['2001:db8::1', '2001:db8::2', '2001:db8:0:0:ffff::1']
  expect(site.map((address) => quota.take(address).waitSeconds)).toEqual([0, 0, 60])
})

test('a clock that is set back begins a new minute', () => {
  let at = 1_000_000
  const quota = new RegistrationQuota({ mostEach: 1, mostInAll: 1 }, () => at)
  quota.take('192.0.2.1')
  at = 0
  expect(quota.take('192.0.2.1').waitSeconds).toBe(0)
})

test('a turn that is given back counts for nobody, unless its minute is over', () => {
  let at = 0
  const quota = new RegistrationQuota(bounds, () => at)
  const address = '192.0.2.1'
  const [former, last] = [quota.take(address), quota.take(address)]
  last.giveBack()
  expect([quota.take(address), quota.take(address)].map(({ waitSeconds }) => waitSeconds)).toEqual([
    0, 60,
  ])
  at = 60_000
  expect([quota.take(address), quota.take(address)].map(({ waitSeconds }) => waitSeconds)).toEqual([
    0, 0,
  ])
  former.giveBack()
  expect(quota.take(address).waitSeconds).toBe(60)
})
