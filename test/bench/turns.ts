import { openSync, readSync } from 'node:fs'
import { PerformanceObserver } from 'node:perf_hooks'

// Loaded into a server before it starts: goes round the event loop without a pause, and tells at each SIGUSR2 what
// its longest turn since the last one took (ms), with the collector and without. While others had the core, and its
// thread waited for one, is left out: the kernel says how long that was.
interface Span {
  readonly from: number
  readonly to: number
}

interface Turn extends Span {
  readonly waited: number
}

/** Shorter turns hold up nobody. */
const leastMs = 1
/** The collector is told of a little later than it was at work. */
const laterMs = 20

let collections: Span[] = []
let turns: Turn[] = []
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) {
    collections.push({ from: startTime, to: startTime + duration })
  }
}).observe({ entryTypes: ['gc'] })

const schedule = openSync('/proc/thread-self/schedstat', 'r')
const text = Buffer.alloc(128)
/** For how long this thread waited for a core so far (ms): the second number, in nanoseconds. */
function waitedMs(): number {
  const length = readSync(schedule, text, 0, text.length, 0)
  return Number(text.toString('latin1', 0, length).split(' ')[1]) / 1_000_000
}

let last = { at: performance.now(), waited: waitedMs() }
function turn(): void {
  const now = { at: performance.now(), waited: waitedMs() }
  if (now.at - last.at > leastMs) {
    turns.push({ from: last.at, to: now.at, waited: now.waited - last.waited })
  }
  last = now
  setImmediate(turn)
}
turn()

const worked = ({ from, to, waited }: Turn) => to - from - waited

function collected(turn: Span): number {
  const inside = collections.map(({ from, to }) => {
    return Math.max(0, Math.min(turn.to, to) - Math.max(turn.from, from))
  })
  return inside.reduce((sum, ms) => sum + ms, 0)
}

process.on('SIGUSR2', () => {
  setTimeout(() => {
    const whole = Math.max(0, ...turns.map(worked))
    const own = Math.max(0, ...turns.map((one) => worked(one) - collected(one)))
    process.stdout.write(`${JSON.stringify({ message: 'turns', whole, own })}\n`)
    turns = []
    collections = []
  }, laterMs)
})
