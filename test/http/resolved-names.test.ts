import * as dns from 'node:dns'
import { beforeEach, describe, expect, jest, test } from '@jest/globals'

interface Found {
  readonly address: string
  readonly family: number
}

/** What each look-up of a name answers, in turn. */
let answers: (readonly Found[])[] = []
let lookups = 0

jest.unstable_mockModule('node:dns', () => ({
  ...dns,
  lookup: (
    _name: string,
    _options: object,
    done: (error: null, found: readonly Found[]) => void,
  ) => {
    lookups += 1
    done(null, answers.shift() ?? [])
  },
}))
// The look-up is taken when the module is loaded.
const { get } = await import('../../src/http/outbound.ts')

const v4 = (address: string): Found => ({ address, family: 4 })
const v6 = (address: string): Found => ({ address, family: 6 })
const rules = { allowPrivateAddresses: false, timeoutSeconds: 0.3 }
const fetched = () => get(new URL('https://keys.example/'), rules)

beforeEach(() => {
  lookups = 0
})

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
    expect(lookups).toBe(1)
  })
})

test('a name is looked up once: what it leads to a moment later counts for nothing', async () => {
  answers = [[v4('10.0.0.1')], [v4('93.184.216.34')]]
  await expect(fetched()).rejects.toThrow('not allowed')
  expect([lookups, answers.length]).toEqual([1, 1])
})
