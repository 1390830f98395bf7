import { expect, test } from '@jest/globals'
import { closeLists } from '../../../src/domain/status-lists/close.ts'
import { reservePlaces } from '../../../src/domain/status-lists/reserve.ts'
import { listId } from '../../../src/domain/status-lists/status-list.ts'
import { worldOfFile } from '../world.ts'

const world = worldOfFile()

test('a store that was put back gives away no places of lists that may have been begun since', async () => {
  const { system } = world()
  expect((await reservePlaces(system)).list).toBe(listId(0))
  await closeLists(system)
  const lists = await system.store.list('status_list', { limit: 10 })
  expect(lists.map(({ id, isClosed }) => [id, isClosed])).toEqual(
    [0, 1, 2, 3, 4].map((number) => [listId(number), true]),
  )
  expect((await reservePlaces(system)).list).toBe(listId(5))
})

test('a store that is put back again passes over the lists after the last', async () => {
  const { system } = world()
  await closeLists(system)
  expect((await reservePlaces(system)).list).toBe(listId(10))
})
