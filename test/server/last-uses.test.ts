import { beforeEach, describe, expect, test } from '@jest/globals'
import type { Use } from '../../src/domain/store.ts'
import { LastUses } from '../../src/server/last-uses.ts'
import { worldOfFile } from '../domain/world.ts'

const world = worldOfFile()
const minuteMs = 60_000
const from = '192.0.2.1'
const clock = { at: 0 }
const uses: ReadonlyMap<string, Use>[] = []
const faults: Error[] = []

const store = {
  noteUses: async (noted: ReadonlyMap<string, Use>) => {
    const fault = faults.shift()
    if (fault) throw fault
    uses.push(new Map(noted))
  },
}

const open = () => new LastUses(() => clock.at)

beforeEach(() => {
  clock.at = 1_000_000
  for (const list of [uses, faults]) list.length = 0
})

describe('last uses of credentials', () => {
  test('are gathered and noted once, each with its latest time', async () => {
    const lastUses = open()
    lastUses.add('one', from)
    clock.at += 10
    lastUses.add('one', from)
    lastUses.add('two', from)
    await lastUses.write(store)
    expect(uses).toEqual([
      new Map([
        ['one', { at: clock.at, from }],
        ['two', { at: clock.at, from }],
      ]),
    ])
    clock.at += minuteMs
    await lastUses.write(store)
    expect(uses).toHaveLength(1)
  })

  test('are kept when they cannot be noted', async () => {
    const lastUses = open()
    lastUses.add('one', from)
    faults.push(new Error('the store is away'))
    await expect(lastUses.write(store)).rejects.toThrow('away')
    clock.at += minuteMs
    await lastUses.write(store)
    expect(uses).toEqual([new Map([['one', { at: 1_000_000, from }]])])
  })

  test('go in batches, and what a failure left unwritten is written again, and nothing else', async () => {
    const lastUses = open()
    for (let n = 0; n < 2500; n += 1) lastUses.add(`credential ${n}`, from)
    const failing = {
      noteUses: async (noted: ReadonlyMap<string, Use>) => {
        if (uses.length === 1) throw new Error('the store is away')
        uses.push(noted)
      },
    }
    await expect(lastUses.write(failing)).rejects.toThrow('away')
    await lastUses.write(store, true)
    expect(uses.map(({ size }) => size)).toEqual([1000, 1000, 500])
    expect(new Set(uses.flatMap((batch) => [...batch.keys()])).size).toBe(2500)
  })

  test('are known before they are noted, and a later one that was noted elsewhere stays', async () => {
    const lastUses = open()
    lastUses.add('one', from)
    lastUses.add('two', from)
    const later = { at: clock.at + 1 }
    const noted = { uses: async () => new Map([['two', later]]) }
    const { uses: read } = lastUses.over({ ...world().store, ...noted })
    expect(await read(['one', 'two', 'three'])).toEqual(
      new Map<string, Use>([
        ['one', { at: clock.at, from }],
        ['two', later],
      ]),
    )
  })

  test('are bounded while the store is away, and those that are known go on being noted', async () => {
    const lastUses = open()
    for (let n = 0; n < 200_100; n += 1) lastUses.add(`credential ${n}`, from)
    clock.at += 10
    lastUses.add('credential 0', from)
    await lastUses.write(store)
    expect(uses.reduce((sum, { size }) => sum + size, 0)).toBe(200_000)
    expect(uses[0]?.get('credential 0')).toEqual({ at: clock.at, from })
  })
})
