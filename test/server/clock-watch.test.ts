import { describe, expect, test } from '@jest/globals'
import { ClockWatch } from '../../src/server/clock-watch.ts'

const minute = 60_000

function watched() {
  const time = { wall: 1_000_000_000, even: 0 }
  const clock = new ClockWatch({ now: () => time.wall, monotonic: () => time.even })
  const pass = (ms: number) => {
    time.wall += ms
    time.even += ms
  }
  return { clock, time, pass }
}

describe('the clock of a process', () => {
  test('is believed while it agrees with the store within a minute', () => {
    const { clock, time } = watched()
    for (const apart of [-minute, 0, minute]) {
      clock.compare({ store: time.wall + apart, lastEvent: time.wall })
      expect([clock.disagreement, clock.isBelieved]).toEqual([undefined, true])
    }
  })

  test.each([
    [2 * 60 * minute, /^it is 7200 s ahead of that of the store$/],
    [-2 * minute, /^it is 120 s behind that of the store$/],
  ])('is not believed when it is %d ms away from that of the store', (apart, said) => {
    const { clock, time } = watched()
    clock.compare({ store: time.wall - apart })
    expect([clock.disagreement, clock.isBelieved]).toEqual([expect.stringMatching(said), false])
    clock.compare({ store: time.wall })
    expect(clock.isBelieved).toBe(true)
  })

  test('is not believed when the log has an entry from its future', () => {
    const { clock, time } = watched()
    clock.compare({ lastEvent: time.wall + minute + 1 })
    expect(clock.disagreement).toMatch(/behind the last entry of the log/)
  })

  test('that jumped is believed again when it has gone evenly for ten minutes', () => {
    const { clock, time, pass } = watched()
    pass(60 * minute)
    expect(clock.isBelieved).toBe(true)
    time.wall += 120 * minute
    expect([clock.disagreement, clock.isBelieved]).toEqual([undefined, false])
    pass(10 * minute - 1)
    expect(clock.isBelieved).toBe(false)
    pass(1)
    expect(clock.isBelieved).toBe(true)
  })
})
