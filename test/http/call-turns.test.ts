import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { CallTurns } from '../../src/http/call-turns.ts'

/** How often the event loop went round so far. */
function countTurns() {
  let turns = 0
  let isCounting = true
  const count = () => {
    turns += 1
    if (isCounting) setImmediate(count)
  }
  setImmediate(count)
  const stop = () => {
    isCounting = false
  }
  return { now: () => turns, stop }
}

/** In which turn each of some calls began, of which each takes so long (ms) and goes on after promises. */
async function begun(
  calls: number,
  milliseconds: number,
): Promise<readonly (readonly [number, number])[]> {
  let now = 0
  const turns = countTurns()
  const waiting = new CallTurns(() => now)
  const found: [call: number, turn: number][] = []
  const call = async (number: number) => {
    await waiting.next()
    found.push([number, turns.now()])
    for (let step = 0; step < 20; step += 1) await undefined
    now += milliseconds
  }
  await Promise.all(Array.from({ length: calls }, (_, number) => call(number)))
  turns.stop()
  return found
}

const inOrder = (count: number) => Array.from({ length: count }, (_, number) => number)

function perTurn(found: readonly (readonly [number, number])[]): readonly number[] {
  return [...Map.groupBy(found, ([, turn]) => turn).values()].map(({ length }) => length)
}

test('calls that come at once begin in their order, a millisecond of them in each turn of the event loop', async () => {
  const found = await begun(9, 0.4)
  expect(found.map(([number]) => number)).toEqual(inOrder(9))
  expect(perTurn(found)).toEqual([3, 3, 3])
})

test('a call that takes longer than a millisecond has a turn of its own', async () => {
  const found = await begun(5, 2)
  expect(found.map(([number]) => number)).toEqual(inOrder(5))
  expect(perTurn(found)).toEqual([1, 1, 1, 1, 1])
})

test('a call that comes after others have begun waits for a turn, too', async () => {
  const turns = new CallTurns(() => 0)
  await turns.next()
  let hasBegun = false
  const late = turns.next().then(() => {
    hasBegun = true
  })
  await Promise.resolve()
  expect(hasBegun).toBe(false)
  await nextTurn()
  await late
  expect(hasBegun).toBe(true)
})
