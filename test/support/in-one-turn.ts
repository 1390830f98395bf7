import { setImmediate as nextTurn } from 'node:timers/promises'

/** How much of some work is done in one turn of the event loop at most, until it is over. */
export async function mostInOneTurn(work: Promise<unknown>, done: () => number): Promise<number> {
  let [most, isOver] = [0, false]
  const working = work.finally(() => {
    isOver = true
  })
  for (let before = 0; !isOver; before = done()) {
    await nextTurn()
    most = Math.max(most, done() - before)
  }
  await working
  return most
}
