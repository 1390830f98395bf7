import { randomBytes } from 'node:crypto'
import { change, insert } from '../change.ts'
import type { Context } from '../context.ts'
import { isProblem } from '../problem.ts'
import { indexOf, listId, listLength, type StatusList } from './status-list.ts'

/** Places of one list that this process may give away: each once. */
export interface Reserved {
  readonly list: string
  readonly indexes: readonly number[]
}

/** So many places are reserved at once: what a process does not give away is never given again. */
const atOnce = 64

/** Makes the list of a number, which may be closed from the start, unless it is there. */
export async function makeList(
  ctx: Context,
  number: number,
  { isClosed = false } = {},
): Promise<void> {
  const record: StatusList = {
    id: listId(number),
    version: 1,
    live: true,
    seed: randomBytes(16).toString('base64url'),
    given: 0,
    ...(isClosed && { isClosed }),
  }
  try {
    await insert(ctx, 'status_list', { action: 'status_list.create', record })
  } catch (error) {
    // Of several processes one makes it.
    if (!isProblem(error, 'record.conflict')) throw error
  }
}

async function reserveIn(ctx: Context, list: StatusList): Promise<Reserved> {
  const { record, result: from } = await change(
    ctx,
    {
      kind: 'status_list',
      find: ({ store }) => store.get('status_list', list.id),
      on: 'root',
      absent: 'status_list.not_found',
    },
    {
      action: 'status_list.reserve',
      decide: (before) => {
        if (before.isClosed) return { after: before, result: before.given }
        const given = Math.min(before.given + atOnce, listLength)
        return {
          after: given === before.given ? before : { ...before, given },
          result: before.given,
        }
      },
    },
  )
  const indexes = Array.from({ length: record.given - from }, (_, at) =>
    indexOf(list.seed, from + at),
  )
  return { list: list.id, indexes }
}

/** Reserves some places that no token has had, in the list that has room, or in the next. */
export async function reservePlaces(ctx: Context): Promise<Reserved> {
  for (let number = 0; ; ) {
    const list = await ctx.store.get('status_list', listId(number))
    if (!list) {
      await makeList(ctx, number)
      continue
    }
    const hasRoom = list.given < listLength && list.isClosed !== true
    const reserved = hasRoom ? await reserveIn(ctx, list) : undefined
    if (reserved && reserved.indexes.length > 0) return reserved
    number += 1
  }
}
