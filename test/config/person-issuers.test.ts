import { describe, expect, test } from '@jest/globals'
import { faultsOf, fileWith, load } from './files.ts'

const staff = { name: 'staff', issuer: 'https://people.example', audience: 'ostiary' }
const env = (...issuers: object[]) => ({ OSTIARY_PEOPLE_ISSUERS: JSON.stringify(issuers) })

describe('issuers of people', () => {
  test('are a list in a file, and one line of JSON in the environment', () => {
    const other = { ...staff, groupsClaim: 'groups', personClaim: 'oid' }
    expect(load(env(other)).people.issuers).toEqual([other])
    const OSTIARY_CONFIG = fileWith(
      'people:\n  issuers:\n    - name: staff\n      issuer: https://people.example\n      audience: ostiary\n',
    )
    expect(load({ OSTIARY_CONFIG }).people.issuers).toEqual([staff])
    expect(load({}).people.issuers).toEqual([])
  })

  test.each([
    'http://people.example',
    'http://10.0.0.1',
    'https://people.example?x',
    'https://people.example/#',
    'https://ada:word@people.example',
    'https://PEOPLE.example',
    'https://people.example/a/../b',
    'ftp://people.example',
    'people.example',
  ])('may not be at %s', (issuer) => {
    for (const allowInsecure of [false, true]) {
      const [fault] = faultsOf(env({ ...staff, issuer, allowInsecure }))
      expect(fault).toMatch(/^people\.issuers \(OSTIARY_PEOPLE_ISSUERS\): 0\.issuer: got /)
    }
  })

  test.each(['https://people.example/', 'https://people.example/realms/one'])(
    'may be at %s',
    (issuer) => expect(faultsOf(env({ ...staff, issuer }))).toEqual([]),
  )

  test('may be plain http at a loopback address, by an explicit word only', () => {
    const issuer = 'http://127.0.0.1:4000'
    expect(faultsOf(env({ ...staff, issuer, allowInsecure: true }))).toEqual([])
    expect(faultsOf(env({ ...staff, issuer })).join()).toContain('allowInsecure')
  })

  test('are never this server itself', () => {
    const own = 'https://auth.example'
    const faults = faultsOf({ ...env({ ...staff, issuer: own }), OSTIARY_ISSUER: own })
    expect(faults.join()).toContain('expected another server than this one')
    const local = { ...staff, issuer: 'http://127.0.0.1:3000', allowInsecure: true }
    expect(faultsOf(env(local)).join()).toContain('expected another server than this one')
  })

  test('have names and addresses of their own', () => {
    const other = { ...staff, issuer: 'https://other.example', name: 'STAFF' }
    expect(faultsOf(env(staff, other)).join()).toContain('"staff" is there twice')
    const same = { ...staff, name: 'others' }
    expect(faultsOf(env(staff, same)).join()).toContain('"https://people.example" is there twice')
  })

  test.each([
    ['no JSON', '[{'],
    ['no list', '{}'],
    ['a member that is unknown', JSON.stringify([{ ...staff, secret: 'x' }])],
    ['a member that is missing', JSON.stringify([{ name: 'staff' }])],
    ['a control character', JSON.stringify([{ ...staff, audience: 'a\u0000' }])],
  ])('are refused by name with %s', (_what, text) => {
    const faults = faultsOf({ OSTIARY_PEOPLE_ISSUERS: text })
    expect(faults.join()).toMatch(/people\.issuers/)
  })
})
