import { PerformanceObserver } from 'node:perf_hooks'

// Loaded into a server before it starts: goes round the event loop without a pause, and tells at each SIGUSR2 what
// its longest turn since the last one took (ms), with the collector and without.
interface Span {
  readonly from: number
  readonly to: number
}

/** Shorter turns hold up nobody. */
const leastMs = 1
/** The collector is told of a little later than it was at work. */
const laterMs = 20

let collections: Span[] = []
let turns: Span[] = []
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) {
    collections.push({ from: startTime, to: startTime + duration })
  }
}).observe({ entryTypes: ['gc'] })

let last = performance.now()
function turn(): void {
  const now = performance.now()
  if (now - last > leastMs) turns.push({ from: last, to: now })
  last = now
  setImmediate(turn)
}
turn()

const length = ({ from, to }: Span) => to - from

function collected(turn: Span): number {
  const inside = collections.map(({ from, to }) => {
    return Math.max(0, Math.min(turn.to, to) - Math.max(turn.from, from))
  })
  return inside.reduce((sum, ms) => sum + ms, 0)
}

process.on('SIGUSR2', () => {
  setTimeout(() => {
    const whole = Math.max(0, ...turns.map(length))
    const own = Math.max(0, ...turns.map((one) => length(one) - collected(one)))
    process.stdout.write(`${JSON.stringify({ message: 'turns', whole, own })}\n`)
    turns = []
    collections = []
  }, laterMs)
})
