import { describe, expect, test } from '@jest/globals'
import { faultsOf, fileWith, load } from './files.ts'

const pepper = 'a pepper of more than 32 characters'

describe('the issuer', () => {
  test.each([
    'https://auth.example',
    'https://auth.example:8443',
    'http://127.0.0.1:3000',
    'http://localhost:3000',
    'http://[::1]:3000',
  ])('may be %s', (OSTIARY_ISSUER) => {
    expect(load({ OSTIARY_ISSUER }).issuer).toBe(OSTIARY_ISSUER)
  })

  test.each([
    'http://auth.example',
    'http://127.0.0.1.example',
    'http://localhost.example',
    'http://10.0.0.1',
    'https://auth.example/',
    'https://auth.example/path',
    'https://auth.example?x=1',
    'https://user:word@auth.example',
    'https://AUTH.example',
    'https://auth.example:443',
    'ftp://auth.example',
    'auth.example',
    'javascript://auth.example',
  ])('may not be %s', (OSTIARY_ISSUER) => {
    const [fault] = faultsOf({ OSTIARY_ISSUER })
    expect(fault).toMatch(/^issuer \(OSTIARY_ISSUER\): got /)
  })

  test('may be plain http elsewhere only by an explicit word', () => {
    const env = { OSTIARY_ISSUER: 'http://auth.example' }
    expect(faultsOf(env).join()).toContain('OSTIARY_HTTP_ALLOW_INSECURE_ISSUER')
    expect(faultsOf({ ...env, OSTIARY_HTTP_ALLOW_INSECURE_ISSUER: 'true' })).toEqual([])
  })

  test('must be named when the server listens beyond loopback', () => {
    for (const host of ['0.0.0.0', '::', '192.168.0.1', '127.example']) {
      expect(faultsOf({ OSTIARY_HTTP_HOST: host }).join()).toContain('OSTIARY_ISSUER')
    }
    for (const host of ['127.0.0.1', '127.8.8.8', '::1', 'localhost']) {
      expect(faultsOf({ OSTIARY_HTTP_HOST: host })).toEqual([])
    }
  })
})

describe('the pepper', () => {
  const mongo = { OSTIARY_STORAGE_URI: 'mongodb://db/x' }

  test('must be given with MongoDB, and not with the embedded store', () => {
    expect(faultsOf(mongo).join()).toContain('OSTIARY_SECRET_PEPPER')
    expect(faultsOf({ ...mongo, OSTIARY_SECRET_PEPPER: pepper })).toEqual([])
    expect(faultsOf({})).toEqual([])
  })

  test('must have 32 characters, retired ones too', () => {
    expect(faultsOf({ OSTIARY_SECRET_PEPPER: 'a'.repeat(31) }).join()).toContain('31 characters')
    expect(faultsOf({ OSTIARY_SECRET_PEPPER: 'a'.repeat(32) })).toEqual([])
    expect(faultsOf({ OSTIARY_SECRET_RETIRED_PEPPERS: 'a'.repeat(31) })).toHaveLength(1)
  })

  test('and the passphrase may lie in files, whose last line break does not count', () => {
    const given = load({
      ...mongo,
      OSTIARY_SECRET_PEPPER_FILE: fileWith(`${pepper}\n`),
      OSTIARY_KEYS_PASSPHRASE_FILE: fileWith('open sesame\r\n'),
    })
    expect([given.secret.pepper, given.keys.passphrase]).toEqual([pepper, 'open sesame'])
  })

  test('and the passphrase are refused by name when their file is missing or empty', () => {
    for (const name of ['OSTIARY_SECRET_PEPPER_FILE', 'OSTIARY_KEYS_PASSPHRASE_FILE']) {
      expect(faultsOf({ [name]: '/nowhere/it' }).join()).toContain(name)
      expect(faultsOf({ [name]: fileWith('\n') }).join()).toContain(name)
    }
  })
})
