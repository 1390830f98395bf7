import { setTimeout as wait } from 'node:timers/promises'

const betweenMs = 20
/** Far more than anything needs: it ends a wait that is in vain, and says nothing about speed. */
const patienceMs = 90_000

/** Asks again and again until the answer is the one waited for; resolves with the last answer. */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  isDone: (answer: T) => boolean = Boolean,
): Promise<T> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const answer = await ask()
    if (isDone(answer) || performance.now() > deadline) return answer
    await wait(betweenMs)
  }
}
