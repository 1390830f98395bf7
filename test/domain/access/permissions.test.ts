import { expect, test } from '@jest/globals'
import {
  allPermissions,
  isPermission,
  type Permission,
} from '../../../src/domain/access/permissions.ts'
import { assertMayChange, assertMayGrant } from '../../../src/domain/access/permit.ts'
import { sampleAccount } from '../samples.ts'

const [one, two, three]: readonly Permission[] = [
  'console.root.view',
  'console.root.serviceaccount.manage',
  'marketplace.root.manage',
]

test('there are twelve root permissions', () => {
  expect(allPermissions).toHaveLength(12)
  for (const permission of allPermissions) {
    expect(permission).toMatch(/^(console|marketplace)\.root(\.[a-z]+)+$/)
  }
})

test('nothing else is a permission, nor is anything that every object has', () => {
  for (const text of ['', '*', 'console.root', 'CONSOLE.ROOT.VIEW', 'constructor', '__proto__']) {
    expect(isPermission(text)).toBe(false)
  }
})

test('nobody grants what they do not hold', () => {
  if (!one || !two || !three) throw new Error('no permissions')
  expect(() => assertMayGrant([one, two], [two, one])).not.toThrow()
  expect(() => assertMayGrant([], [])).not.toThrow()
  expect(() => assertMayGrant([one, two], [one, three])).toThrow(three)
})

test('nobody changes an account that holds more than they do', () => {
  if (!one || !two) throw new Error('no permissions')
  expect(() => assertMayChange([one, two], sampleAccount({ permissions: [two] }))).not.toThrow()
  expect(() => assertMayChange([one], sampleAccount({ permissions: [one, two] }))).toThrow(two)
})
