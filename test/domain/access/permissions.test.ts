import { expect, test } from '@jest/globals'
import type { Rights } from '../../../src/domain/access/decide.ts'
import {
  isPermission,
  type Permission,
  permissionNames,
} from '../../../src/domain/access/permissions.ts'
import { assertMayChange, assertMayGrant } from '../../../src/domain/access/rights.ts'
import { sampleAccount } from '../samples.ts'

const [one, two, three]: readonly Permission[] = [
  'console.root.view',
  'console.root.serviceaccount.manage',
  'marketplace.root.manage',
]

test('there are twelve root permissions', () => {
  expect(permissionNames).toHaveLength(12)
  for (const permission of permissionNames) {
    expect(permission).toMatch(/^(console|marketplace)\.root(\.[a-z]+)+$/)
  }
})

test('nothing else is a permission, nor is anything that every object has', () => {
  for (const text of ['', '*', 'console.root', 'CONSOLE.ROOT.VIEW', 'constructor', '__proto__']) {
    expect(isPermission(text)).toBe(false)
  }
})

/** Somebody who holds these permissions at the root, and may have these audiences. */
function holding(permissions: readonly Permission[], audiences: readonly string[] = []): Rights {
  return { grants: permissions.map((permission) => ({ level: 'root', permission })), audiences }
}

test('nobody grants a permission that they do not hold', () => {
  if (!one || !two || !three) throw new Error('no permissions')
  const rights = holding([one, two])
  expect(() => assertMayGrant(rights, { permissions: [two, one] })).not.toThrow()
  expect(() => assertMayGrant(holding([]), { permissions: [] })).not.toThrow()
  expect(() => assertMayGrant(rights, { permissions: [one, three] })).toThrow(three)
})

test('nobody grants an audience that they may not have, but who holds every permission', () => {
  if (!two) throw new Error('no permissions')
  const rights = holding([two], ['https://a.example'])
  expect(() => assertMayGrant(rights, { audiences: ['https://a.example'] })).not.toThrow()
  expect(() => assertMayGrant(rights, { audiences: ['https://b.example'] })).toThrow('b.example')
  const all = holding(permissionNames)
  expect(() => assertMayGrant(all, { audiences: ['https://b.example'] })).not.toThrow()
})

test('nobody changes an account that holds more than they do', () => {
  if (!one || !two) throw new Error('no permissions')
  const rights = holding([one, two])
  expect(() => assertMayChange(rights, sampleAccount({ permissions: [two] }))).not.toThrow()
  expect(() => assertMayChange(holding([one]), sampleAccount({ permissions: [one, two] }))).toThrow(
    two,
  )
  expect(() => assertMayChange(rights, sampleAccount({ audiences: ['api'] }))).toThrow('api')
})
