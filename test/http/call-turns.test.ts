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

/** Time that passes by work and by rest alone. */
class Clock {
  readonly rests: number[] = []
  #worked = 0
  readonly now = () => this.#worked + this.rested()
  readonly rested = () => this.rests.reduce((sum, one) => sum + one, 0)
  readonly wait = async (milliseconds: number) => void this.rests.push(milliseconds)

  work(milliseconds: number): void {
    this.#worked += milliseconds
  }
}

/** How long the loop rested before each of some calls that take so long (ms), after a login. */
async function restsBetween(
  rounds: number,
  { calling = 1, milliseconds = 2, since = 0 },
): Promise<readonly number[]> {
  const clock = new Clock()
  const turns = new CallTurns(clock)
  turns.loginCame()
  clock.work(since)
  const caller = async () => {
    for (let call = 0; call < rounds; call += 1) {
      await turns.next()
      clock.work(milliseconds)
    }
  }
  await turns.next()
  await Promise.all(Array.from({ length: calling }, caller))
  return clock.rests
}

/** In which turn each of some calls began, of which each takes so long (ms) and goes on after promises. */
async function begun(
  calls: number,
  milliseconds: number,
): Promise<readonly (readonly [number, number])[]> {
  const clock = new Clock()
  const turns = countTurns()
  const waiting = new CallTurns(clock)
  const found: [call: number, turn: number][] = []
  const call = async (number: number) => {
    await waiting.next()
    found.push([number, turns.now()])
    for (let step = 0; step < 20; step += 1) await undefined
    clock.work(milliseconds)
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
  const turns = new CallTurns(new Clock())
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

test('while logins come, one who calls without a pause takes a fifteenth of the time', async () => {
  expect(await restsBetween(3, { milliseconds: 2 })).toEqual([28, 28])
})

test('no call waits longer than 40 ms for logins that may come', async () => {
  expect(await restsBetween(2, { milliseconds: 50 })).toEqual([40])
})

test('calls share the rest for logins, so that none waits longer than one alone', async () => {
  const rests = await restsBetween(1, { calling: 9, milliseconds: 2 })
  expect(rests.length).toBeGreaterThan(1)
  expect(rests.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(40)
})

test('calls do not wait for logins when none came for a tenth of a second', async () => {
  expect(await restsBetween(3, { since: 101 })).toEqual([])
})
