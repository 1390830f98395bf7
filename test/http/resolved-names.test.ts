import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { get } from '../../src/http/outbound.ts'

interface Found {
  readonly address: string
  readonly family: number
}

/** What each look-up of a name answers, in turn. */
let answers: (readonly Found[])[] = []

const lookup = jest.spyOn(dns, 'lookup')

beforeAll(() => {
  lookup.mockImplementation((_name: string, ...given: readonly unknown[]) => {
    const done = given.at(-1)
    if (typeof done === 'function') done(null, answers.shift() ?? [])
  })
  // What modules imported by name is what answers, too.
  syncBuiltinESMExports()
})
beforeEach(() => {
  lookup.mockClear()
})
afterAll(() => {
  lookup.mockRestore()
  syncBuiltinESMExports()
})

const v4 = (address: string): Found => ({ address, family: 4 })
const v6 = (address: string): Found => ({ address, family: 6 })
const rules = { allowPrivateAddresses: false, timeoutSeconds: 60 }
const fetched = () => get(new URL('https://keys.example/'), rules)

describe('a name is not called', () => {
  test.each<[string, readonly Found[]]>([
    ['this machine', [v4('127.0.0.1')]],
    ['this machine by IPv6', [v6('::1')]],
    ['a neighbour among others', [v4('93.184.216.34'), v4('10.0.0.1')]],
    ['a neighbour by IPv6 among others', [v4('93.184.216.34'), v6('fd00::1')]],
    ['a neighbour behind NAT64', [v6('64:ff9b::a00:1')]],
    ['where a cloud answers its machines', [v4('169.254.169.254')]],
    ['nowhere', []],
  ])('that leads to %s', async (_where, found) => {
    answers = [found]
    await expect(fetched()).rejects.toThrow('the name leads to an address that is not allowed')
    expect(lookup).toHaveBeenCalledTimes(1)
  })
})

test('a name is looked up once: what it leads to a moment later counts for nothing', async () => {
  answers = [[v4('10.0.0.1')], [v4('93.184.216.34')]]
  await expect(fetched()).rejects.toThrow('not allowed')
  expect([lookup.mock.calls.length, answers.length]).toEqual([1, 1])
})
