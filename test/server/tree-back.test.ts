import { describe, expect, test } from '@jest/globals'
import type { Group } from '../../src/domain/groups/group.ts'
import { newRecordId } from '../../src/domain/records.ts'
import type { CustomRole } from '../../src/domain/roles/custom-role.ts'
import type { User } from '../../src/domain/users/user.ts'
import { bindingsBack, treeBack, treeKinds } from '../../src/server/backup/tree-back.ts'
import { noon } from '../domain/samples.ts'

const common = { version: 1, live: true, createdAt: noon, createdBy: 'test', updatedAt: noon }
const company = newRecordId('company', noon)
const group: Group = {
  ...common,
  id: newRecordId('group', noon),
  company,
  name: 'operators',
  members: [{ kind: 'account', id: 'one' }],
  bindings: [{ on: `company:${company}`, role: 'maintainer' }],
}
const role: CustomRole = {
  ...common,
  id: newRecordId('role', noon),
  company,
  name: 'deployer',
  description: '',
  permissions: ['console.environment.view', 'console.environment.deploy.trigger'],
}
const user: User = {
  ...common,
  id: newRecordId('user', noon),
  name: 'Ada',
  state: 'enabled',
  permissions: ['console.root.view'],
  bindings: group.bindings,
}

describe('an older store brings back', () => {
  test('what was deleted since, of every kind in the tree', () => {
    expect(treeKinds.toSorted()).toEqual([
      'company',
      'environment',
      'group',
      'project',
      'role',
      'user',
    ])
    expect(treeBack('group', group, undefined)).toEqual(['was deleted'])
    expect(treeBack('group', group, { ...group, live: false })).toEqual(['was deleted'])
    expect(treeBack('group', { ...group, live: false }, group)).toEqual([])
  })

  test('members and roles that a group had lost', () => {
    const newer = { ...group, members: [], bindings: [] }
    expect(treeBack('group', group, newer)).toEqual([
      `had lost member one, maintainer on company:${company}`,
    ])
    expect(treeBack('group', newer, group)).toEqual([])
  })

  test('permissions that a role had lost', () => {
    const newer = { ...role, permissions: role.permissions.slice(0, 1) }
    expect(treeBack('role', role, newer)).toEqual(['had lost console.environment.deploy.trigger'])
  })

  test('a person who was disabled, with the rights that they had lost', () => {
    const newer: User = { ...user, state: 'disabled', permissions: [], bindings: [] }
    expect(treeBack('user', user, newer)).toEqual([
      'was disabled',
      `had lost console.root.view, maintainer on company:${company}`,
    ])
  })

  test('roles that somebody had lost, and none that is another by now', () => {
    const on = `company:${company}` as const
    const [weak, strong] = [[{ on, role: 'guest' }], [{ on, role: 'company-owner' }]]
    expect(bindingsBack(strong, weak)).toEqual([`company-owner on ${on}`])
    expect(bindingsBack(weak, weak)).toEqual([])
  })
})
