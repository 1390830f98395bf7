import { isProblem, type Problem } from '../problem.ts'
import type { Ground } from './ground.ts'
import { makePart } from './make.ts'
import { type Made, refused } from './outcome.ts'
import type { Part } from './parts.ts'

/** Problems of the store itself: they are no refusal of a record, and end an import. */
const broken: ReadonlySet<Problem['code']> = new Set([
  'server.failed',
  'store.damaged',
  'store.full',
  'store.unavailable',
])

async function attempt(ground: Ground, part: Part): Promise<Made> {
  try {
    return await makePart(ground, part)
  } catch (error) {
    if (isProblem(error) && !broken.has(error.code)) return refused(error)
    throw error
  }
}

/** What is refused is asked for once more: another import may have made it at the same moment. */
async function attempts(ground: Ground, part: Part): Promise<Made> {
  const { known, store } = ground.ctx
  await known.catchUp()
  const first = await attempt(ground, part)
  if (first.outcome !== 'refused') return first
  await store.settle()
  await known.catchUp()
  return await attempt(ground, part)
}

/**
 * Makes all that is not there, one record after the other, and tells of each what became of it. What
 * is there stays as it is, so that whoever begins again goes on where an import ended.
 */
export async function* importParts(
  ground: Ground,
  parts: readonly Part[],
): AsyncIterable<readonly [Part, Made]> {
  for (const part of parts) {
    yield [part, await attempts(ground, part)]
  }
}
