import { describe, expect, test } from '@jest/globals'
import type { Rights } from '../../../src/domain/access/decide.ts'
import { rightsWith } from '../../../src/domain/access/decide.ts'
import { assertMayChange, assertMayGrant } from '../../../src/domain/access/may-grant.ts'
import {
  companyPermissions,
  environmentPermissions,
  isPermission,
  permissionNames,
  projectPermissions,
  type RootPermission,
  rootPermissionNames,
} from '../../../src/domain/access/permissions.ts'
import { builtInRoles } from '../../../src/domain/access/roles.ts'
import { sampleAccount } from '../samples.ts'
import { worldOfFile } from '../world.ts'

const world = worldOfFile()

const [one, two, three]: readonly RootPermission[] = [
  'console.root.view',
  'console.root.serviceaccount.manage',
  'marketplace.root.manage',
]

test('there are twelve root permissions', () => {
  expect(rootPermissionNames).toHaveLength(12)
  for (const permission of rootPermissionNames) {
    expect(permission).toMatch(/^(console|marketplace)\.root(\.[a-z]+)+$/)
  }
})

test('nothing else is a permission, nor is anything that every object has', () => {
  for (const text of ['', '*', 'console.root', 'CONSOLE.ROOT.VIEW', 'constructor', '__proto__']) {
    expect(isPermission(text)).toBe(false)
  }
})

/** Somebody who holds these permissions at the root, and may have these audiences. */
function holding(
  permissions: readonly RootPermission[],
  audiences: readonly string[] = [],
): Rights {
  const own = { on: 'root', by: { kind: 'permission' }, permissions: new Set(permissions) } as const
  return rightsWith([own], { audiences })
}

test('nobody grants a permission that they do not hold', () => {
  if (!one || !two || !three) throw new Error('no permissions')
  const rights = holding([one, two])
  expect(() =>
    assertMayGrant(world().system.known, rights, { owner: 'root', permissions: [two, one] }),
  ).not.toThrow()
  expect(() =>
    assertMayGrant(world().system.known, holding([]), { owner: 'root', permissions: [] }),
  ).not.toThrow()
  expect(() =>
    assertMayGrant(world().system.known, rights, { owner: 'root', permissions: [one, three] }),
  ).toThrow(three)
})

test('nobody grants an audience that they may not have, but who holds every permission', () => {
  if (!two) throw new Error('no permissions')
  const rights = holding([two], ['https://a.example'])
  expect(() =>
    assertMayGrant(world().system.known, rights, {
      owner: 'root',
      audiences: ['https://a.example'],
    }),
  ).not.toThrow()
  expect(() =>
    assertMayGrant(world().system.known, rights, {
      owner: 'root',
      audiences: ['https://b.example'],
    }),
  ).toThrow('b.example')
  const all = holding(rootPermissionNames)
  expect(() =>
    assertMayGrant(world().system.known, all, { owner: 'root', audiences: ['https://b.example'] }),
  ).not.toThrow()
})

test('nobody changes an account that holds more than they do', () => {
  if (!one || !two) throw new Error('no permissions')
  const rights = holding([one, two])
  expect(() =>
    assertMayChange(world().system.known, rights, sampleAccount({ permissions: [two] })),
  ).not.toThrow()
  expect(() =>
    assertMayChange(
      world().system.known,
      holding([one]),
      sampleAccount({ permissions: [one, two] }),
    ),
  ).toThrow(two)
  expect(() =>
    assertMayChange(world().system.known, rights, sampleAccount({ audiences: ['api'] })),
  ).toThrow('api')
})

describe('the matrices of roles', () => {
  const sums = (level: 'company' | 'project') =>
    builtInRoles.map((role) => [role.id, role.at(level).size])

  test('hold on a company 4, 6, 8, 12, 20 and 26 permissions', () => {
    expect(sums('company')).toEqual([
      ['guest', 4],
      ['reporter', 6],
      ['developer', 8],
      ['maintainer', 12],
      ['project-admin', 20],
      ['company-owner', 26],
    ])
  })

  test('hold on a project 1, 3, 4, 13 and 13 permissions, and an owner none', () => {
    expect(sums('project')).toEqual([
      ['guest', 1],
      ['reporter', 3],
      ['developer', 4],
      ['maintainer', 13],
      ['project-admin', 13],
      ['company-owner', 0],
    ])
  })

  test('speak of 27 permissions on companies and 20 below, of 59 in all', () => {
    const below = { ...projectPermissions, ...environmentPermissions }
    expect(Object.keys(companyPermissions)).toHaveLength(27)
    expect(Object.keys(below)).toHaveLength(20)
    expect(permissionNames).toHaveLength(59)
  })
})
