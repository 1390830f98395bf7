import { expect, test } from '@jest/globals'
import { Formers } from '../../src/directory/token-formers.ts'

const value = { jti: 'jti', digest: '', kid: 'key', issuedAt: 0, expiresAt: 1000 }

function letBe(...ends: readonly number[]): Formers {
  const formers = new Formers()
  for (const [slot, endsAt] of ends.entries()) formers.set(slot, { ...value, endsAt }, true)
  return formers
}

test('former values whose overlap is over are found by parts, until each is told to have ended', () => {
  const formers = letBe(30, 10, 20, 40)
  expect(formers.over(9, 2)).toEqual([])
  expect(formers.over(30, 2)).toEqual([0, 1])
  formers.set(0, { ...value, endsAt: 0 }, true)
  formers.set(1, { ...value, endsAt: 0 }, true)
  expect(formers.over(30, 2)).toEqual([2])
  formers.delete(2)
  expect([formers.over(30, 2), formers.over(40, 2)]).toEqual([[], [3]])
})

test('former values that ended at once, with their own end or with their token have no overlap that ends', () => {
  const formers = letBe(0, 1000)
  formers.set(2, { ...value, endsAt: 10 }, false)
  expect([formers.over(10, 9), formers.over(999, 9), formers.over(1000, 9)]).toEqual([[], [], []])
})

test('an overlap is found when its end comes, after a clock that was ahead went back', () => {
  const formers = letBe(10)
  expect(formers.over(2000, 9)).toEqual([])
  expect([formers.over(9, 9), formers.over(10, 9)]).toEqual([[], [0]])
})
