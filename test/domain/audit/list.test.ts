import { describe, expect, test } from '@jest/globals'
import { updateAccount } from '../../../src/domain/accounts/update.ts'
import { listEvents } from '../../../src/domain/audit/log.ts'
import { manage, view, worldOfFile } from '../world.ts'

const world = worldOfFile()

/** An account that another one changed, some times, a second after each other. */
async function changed(times: number) {
  const target = await world().account()
  const actor = await world().account({ permissions: [manage] })
  for (let n = 1; n <= times; n += 1) {
    world().clock.at += 1000
    await updateAccount(world().as(actor), target, { description: `change ${n}` })
  }
  return { targetId: target.clientId, actorId: actor.clientId, end: world().clock.at }
}

describe('the audit log', () => {
  test('is told newest first, page by page, with the number of all', async () => {
    const { targetId } = await changed(5)
    const ctx = await world().holding(view)
    const pages = [0, 2, 4].map((offset) => listEvents(ctx, { targetId, limit: 2, offset }))
    const found = await Promise.all(pages)
    const said = found.flatMap(({ events }) => events.map(({ after }) => after?.['description']))
    expect(said).toEqual([5, 4, 3, 2, 1].map((n) => `change ${n}`))
    expect(found.map(({ total }) => total)).toEqual([5, 5, 5])
    expect(found.map(({ next }) => next === undefined)).toEqual([false, false, true])
  })

  test('leads from one page to the next by number, whatever is written meanwhile', async () => {
    const { targetId, actorId } = await changed(3)
    const first = await listEvents(world().system, { targetId, limit: 2 })
    await changed(2)
    const before = first.next ?? 0
    const second = await listEvents(world().system, { targetId, limit: 2, before })
    expect(second.events).toMatchObject([
      { actor: { id: actorId }, after: { description: 'change 1' } },
    ])
    expect(second.next).toBeUndefined()
  })

  test('is filtered by actor, by target and by time, whose end does not belong to it', async () => {
    const { targetId, actorId, end } = await changed(3)
    await changed(1)
    const count = async (filter: object) =>
      (await listEvents(world().system, { ...filter, limit: 50 })).total
    expect(await count({ actorId })).toBe(3)
    expect(await count({ targetId })).toBe(3)
    expect(await count({ targetId, from: end })).toBe(1)
    expect(await count({ targetId, to: end })).toBe(2)
    expect(await count({ targetId, actorId: targetId })).toBe(0)
  })
})
