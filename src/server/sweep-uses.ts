import { setImmediate as immediate } from 'node:timers/promises'
import type { Services } from './services.ts'

const mostAtOnce = 10_000

/** Forgets the last uses of credentials and client keys that are gone, some at a time. */
export async function sweepUses(
  { store, directory }: Pick<Services, 'store' | 'directory'>,
  atOnce = mostAtOnce,
): Promise<void> {
  for (let after = ''; ; ) {
    const ids = await store.usedIds(after, atOnce)
    // What was used was made before: the log tells of it by now.
    await directory.catchUp()
    await store.forgetUses(directory.goneOf(ids))
    const last = ids.at(-1)
    if (last === undefined || ids.length < atOnce) return
    after = last
    await immediate()
  }
}
