import { expect, test } from '@jest/globals'
import { permitChange, permitGrant } from '../../src/domain/access.ts'
import { allPermissions, isPermission, type Permission } from '../../src/domain/permissions.ts'
import { sampleAccount } from './samples.ts'

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
  expect(() => permitGrant([one, two], [two, one])).not.toThrow()
  expect(() => permitGrant([], [])).not.toThrow()
  expect(() => permitGrant([one, two], [one, three])).toThrow(three)
})

test('nobody changes an account that holds more than they do', () => {
  if (!one || !two) throw new Error('no permissions')
  expect(() => permitChange([one, two], sampleAccount({ permissions: [two] }))).not.toThrow()
  expect(() => permitChange([one], sampleAccount({ permissions: [one, two] }))).toThrow(two)
})
