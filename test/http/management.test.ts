import { expect, test } from '@jest/globals'
import { inTurn } from '../../src/http/management.ts'

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

test('calls that come at once begin one in each turn of the event loop, in their order', async () => {
  const turns = countTurns()
  const begun: [call: number, turn: number][] = []
  const wait = inTurn()
  const calls = Array.from({ length: 20 }, (_, call) =>
    wait(Object(call), async () => void begun.push([call, turns.now()])),
  )
  await Promise.all(calls)
  turns.stop()
  expect(begun.map(([call]) => call)).toEqual(Array.from({ length: 20 }, (_, call) => call))
  expect(new Set(begun.map(([, turn]) => turn)).size).toBe(20)
})
