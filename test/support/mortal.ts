import { expect } from '@jest/globals'
import type { Context } from '../../src/domain/context.ts'
import type { Store } from '../../src/domain/store.ts'

/** Calls of a store, until the process dies: before one of them reaches it, or before it has heard of the end. */
export interface Fate {
  readonly diesAt: number
  readonly hasReached: boolean
}

/** Dies never. */
export const lucky: Fate = { diesAt: Number.POSITIVE_INFINITY, hasReached: true }

/** A store as a process has it that dies at one of its calls. */
export function mortal(
  store: Store,
  { diesAt, hasReached }: Fate,
): { readonly store: Store; readonly calls: () => number } {
  let calls = 0
  const dead = new Error('the process died here')
  const handler: ProxyHandler<Store> = {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return async (...given: unknown[]) => {
        calls += 1
        if (calls > diesAt || (calls === diesAt && !hasReached)) throw dead
        const answer = await method.apply(target, given)
        if (calls === diesAt) throw dead
        return answer
      }
    },
  }
  return { store: new Proxy(store, handler), calls: () => calls }
}

/** One run of a use case for each call of the store at which a process can die, each on a setting of its own. */
export async function dyingEverywhere(
  setting: () => Promise<Context>,
  run: (ctx: Context) => Promise<void>,
  then: () => Promise<void>,
): Promise<void> {
  const first = await setting()
  const { store, calls } = mortal(first.store, lucky)
  await run({ ...first, store })
  expect(calls()).toBeGreaterThan(5)
  for (let diesAt = 1; diesAt <= calls(); diesAt += 1) {
    for (const hasReached of [false, true]) {
      const ctx = await setting()
      const dying = { ...ctx, store: mortal(ctx.store, { diesAt, hasReached }).store }
      await expect(run(dying)).rejects.toThrow('the process died here')
      await then()
    }
  }
}
