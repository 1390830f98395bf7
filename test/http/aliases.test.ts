import { describe, expect, test } from '@jest/globals'
import { canonicalTarget } from '../../src/http/aliases.ts'

const aliases = {
  paths: new Map([['/short', '/api/a/long/one']]),
  prefixes: [['/api/tenants/', '/api/companies/']],
} as const

describe('a request target', () => {
  test.each([
    ['/short', '/api/a/long/one'],
    ['/short?a=/api/api/b', '/api/a/long/one?a=/api/api/b'],
    ['/api/api/things?x=1', '/api/things?x=1'],
    ['/api/api/', '/api/'],
    ['/api/tenants/1/x?y=/api/tenants/', '/api/companies/1/x?y=/api/tenants/'],
    ['/api/api/tenants/1', '/api/companies/1'],
  ])('means what its alias stands for: %s', (given, meant) => {
    expect(canonicalTarget(given, aliases)).toBe(meant)
  })

  test.each([
    '/',
    '',
    '/short/',
    '/shorter',
    '/SHORT',
    '/api/short',
    '/api/apis',
    '/api/tenants',
    '/x/api/tenants/1',
    '/api/api',
    '//api/api/x',
    '/x?y=/short',
  ])('stays as it is when it is no alias: %s', (given) => {
    expect(canonicalTarget(given, aliases)).toBe(given)
  })

  test('loses one of its prefixes only', () => {
    expect(canonicalTarget('/api/api/api/x', aliases)).toBe('/api/api/x')
  })
})
