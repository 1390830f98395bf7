import { describe, expect, test } from '@jest/globals'
import { LiveShelf } from '../../src/directory/live-shelf.ts'
import type { Group } from '../../src/domain/groups/group.ts'
import { newRecordId } from '../../src/domain/records.ts'
import { noon, unique } from '../domain/samples.ts'

const company = newRecordId('company', noon)
const on = `company:${company}` as const

function groupWith(members: readonly string[]): Group {
  return {
    id: newRecordId('group', noon),
    version: 1,
    live: true,
    company,
    name: unique('group'),
    members: members.map((id) => ({ kind: 'account', id })),
    bindings: [],
    createdAt: noon,
    createdBy: 'test',
    updatedAt: noon,
  }
}

const shelfOf = (...groups: readonly Group[]) => {
  const shelf = new LiveShelf('group', ({ members }) => members.map(({ id }) => id))
  for (const group of groups) shelf.put(group)
  return shelf
}
const ids = (groups: Iterable<Group>) => [...groups].map(({ id }) => id)

describe('what a process knows of a kind of record', () => {
  test('stays in its order when a record changes', () => {
    const groups = [groupWith([]), groupWith([]), groupWith([])] as const
    const shelf = shelfOf(...groups)
    shelf.put({ ...groups[0], version: 2, name: 'renamed' })
    expect(ids(shelf.all())).toEqual(ids(groups))
    expect(ids(shelf.in(on))).toEqual(ids(groups))
    expect(shelf.get(groups[0].id)?.name).toBe('renamed')
  })

  test('is found by the keys that a record has now, and by none that it had', () => {
    const group = groupWith(['one', 'two'])
    const shelf = shelfOf(group)
    const members = groupWith(['two', 'three']).members
    shelf.put({ ...group, version: 2, members })
    expect(['one', 'two', 'three'].map((key) => shelf.by(key).length)).toEqual([0, 1, 1])
    expect(shelf.by('two')[0]?.version).toBe(2)
  })

  test('forgets a record that was deleted, and takes no older state of it', () => {
    const group = groupWith(['one'])
    const shelf = shelfOf(group)
    shelf.put({ ...group, version: 2, live: false })
    shelf.put(group)
    expect([shelf.get(group.id), shelf.in(on), shelf.by('one')]).toEqual([undefined, [], []])
  })

  test('counts its changes', () => {
    const group = groupWith([])
    const shelf = shelfOf(group)
    const before = shelf.changes
    shelf.put(group)
    expect(shelf.changes).toBe(before)
    shelf.put({ ...group, version: 2 })
    expect(shelf.changes).toBeGreaterThan(before)
  })
})
