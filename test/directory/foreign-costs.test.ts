import { expect, test } from '@jest/globals'
import { ForeignCosts } from '../../src/directory/foreign-costs.ts'
import type { Account } from '../../src/domain/accounts/account.ts'
import { newId } from '../../src/domain/ids.ts'
import { noon, sampleAccount } from '../domain/samples.ts'

const credential = (cost: string, expiresAt?: number) => ({
  id: newId('credential', noon),
  kind: 'foreign_secret' as const,
  name: 'imported',
  createdAt: noon,
  createdBy: 'import',
  bcrypt: `$2b$${cost}$${'.'.repeat(53)}`,
  ...(expiresAt !== undefined && { expiresAt }),
})
const withCosts = (...all: readonly string[]) =>
  sampleAccount({ credentials: all.map((cost) => credential(cost)) })

function costsOf(...accounts: readonly Account[]): ForeignCosts {
  const costs = new ForeignCosts()
  for (const account of accounts) costs.put(account, undefined)
  return costs
}

const places = (costs: ForeignCosts, most: number) =>
  Array.from({ length: most }, (_none, place) => costs.at(place))

test('foreign digests are counted, and each has a place by what it costs', () => {
  const costs = costsOf(withCosts('10'), withCosts('12'), withCosts('10'), withCosts())
  expect(costs.total).toBe(3)
  expect(places(costs, 6)).toEqual([10, 10, 12, 10, 10, 12])
})

test('no foreign digest has a place where there is none', () => {
  expect([costsOf(withCosts()).total, costsOf(withCosts()).at(5)]).toEqual([0, undefined])
})

test('a foreign digest counts until it is exchanged, or its account is deleted', () => {
  const [one, two] = [withCosts('10'), withCosts('12')]
  const costs = costsOf(one, two)
  costs.put({ ...one, credentials: [] }, one)
  expect(places(costs, 2)).toEqual([12, 12])
  costs.put({ ...two, live: false, credentials: [] }, two)
  expect([costs.total, costs.at(0)]).toEqual([0, undefined])
})

test('a foreign digest that a rotation put out of use does not count', () => {
  const costs = costsOf(sampleAccount({ credentials: [credential('10', noon)] }))
  expect(costs.total).toBe(0)
})
