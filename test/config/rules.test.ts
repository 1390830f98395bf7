import { chmodSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { loadSettings } from '../../src/config/load.ts'
import { settings } from '../../src/config/settings.ts'
import { faultsOf, fileWith, load } from './files.ts'

const pepper = 'a pepper of more than 32 characters'

describe('registration', () => {
  test('needs a company where it is switched on', () => {
    const OSTIARY_REGISTER_ENABLED = 'true'
    expect(faultsOf({ OSTIARY_REGISTER_ENABLED })).toEqual([
      expect.stringContaining('register.companyId (OSTIARY_REGISTER_COMPANY_ID): must be set'),
    ])
    const { register } = load({ OSTIARY_REGISTER_ENABLED, OSTIARY_REGISTER_COMPANY_ID: 'comp_x' })
    expect(register).toEqual({ enabled: true, companyId: 'comp_x', draft: false })
    expect(load({}).register.enabled).toBe(false)
  })
})

describe('the issuer', () => {
  test.each([
    'https://auth.example',
    'https://auth.example:8443',
    'http://127.0.0.1:3000',
    'http://localhost:3000',
    'http://[::1]:3000',
    'https://auth.example/path',
    'https://auth.example/a/b-c_d.e',
  ])('may be %s', (OSTIARY_ISSUER) => {
    expect(load({ OSTIARY_ISSUER }).issuer).toBe(OSTIARY_ISSUER)
  })

  test.each([
    'http://auth.example',
    'http://127.0.0.1.example',
    'http://localhost.example',
    'http://10.0.0.1',
    'https://auth.example/',
    'https://auth.example/path/',
    'https://auth.example/a//b',
    'https://auth.example/a/../b',
    'https://auth.example/.well-known',
    'https://auth.example/a%20b',
    'https://auth.example/path?x',
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
  test('that is too short is named with the file that it is in', () => {
    const file = fileWith('short')
    const given = { OSTIARY_SECRET_PEPPER: pepper, OSTIARY_SECRET_PEPPER_FILE: file }
    expect(faultsOf(given)).toEqual([
      `secret.pepper (OSTIARY_SECRET_PEPPER): got 5 characters, in the file ${file}, expected at least 32`,
    ])
  })

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
})

describe('a secret in a file', () => {
  const values: Readonly<Record<string, string>> = {
    OSTIARY_KEYS_PASSPHRASE: 'open sesame',
    OSTIARY_STORAGE_URI: 'mongodb://user:word@db/x',
    OSTIARY_SECRET_PEPPER: pepper,
    OSTIARY_SECRET_RETIRED_PEPPERS: `${pepper}, with a comma`,
    OSTIARY_BOOTSTRAP_CLIENT_SECRET: 'the-secret-of-the-first-account',
    OSTIARY_BOOTSTRAP_CLIENT_KEY: 'the-first-client-key',
  }
  const paths = ({ keys, storage, secret, bootstrap }: ReturnType<typeof load>) => [
    keys.passphrase,
    storage.uri,
    secret.pepper,
    secret.retiredPeppers.join(),
    bootstrap.clientSecret,
    bootstrap.clientKey,
  ]

  test('is possible for every setting that is one', () => {
    const secrets = settings.filter(({ secret }) => secret).map(({ env }) => env)
    expect(secrets.sort()).toEqual(Object.keys(values).sort())
  })

  test.each([
    ['alone', (text: string) => text],
    ['before a line break', (text: string) => `${text}\n`],
    ['before line breaks of Windows, after a BOM', (text: string) => `\uFEFF${text}\r\n\r\n`],
  ])('is read when it stands there %s', (_, write) => {
    const files = Object.entries(values).map(([name, text]) => [
      `${name}_FILE`,
      fileWith(write(text)),
    ])
    expect(paths(load(Object.fromEntries(files)))).toEqual(Object.values(values))
  })

  test('may be named in the configuration file, as each on its line', () => {
    const uri = fileWith('sqlite:/y.db\n')
    const peppers = fileWith(`${pepper} 1\n${pepper} 2\n`)
    const text = `storage: {uriFile: ${uri}}\nsecret: {retiredPeppersFile: ${peppers}}\n`
    const { storage, secret } = load({ OSTIARY_CONFIG: fileWith(text) })
    expect([storage.uri, ...secret.retiredPeppers]).toEqual([
      'sqlite:/y.db',
      `${pepper} 1`,
      `${pepper} 2`,
    ])
  })

  test('is refused by name when the file is missing, empty or open to everyone', () => {
    const open = fileWith(pepper)
    chmodSync(open, 0o666)
    for (const name of Object.keys(values).map((env) => `${env}_FILE`)) {
      expect(faultsOf({ [name]: '/nowhere/it' }).join()).toContain(name)
      expect(faultsOf({ [name]: fileWith('\n') }).join()).toContain(name)
      expect(faultsOf({ [name]: open }).join()).toContain(`chmod o-w ${open}`)
    }
  })

  test('is refused when it is not in UTF-8, by its file and line, and is not shown', () => {
    const file = fileWith(Buffer.from(`${pepper}\n${pepper}\xff`, 'latin1'))
    for (const name of Object.keys(values).map((env) => `${env}_FILE`)) {
      const [fault] = faultsOf({ [name]: file })
      expect(fault).toContain(`(${name}): `)
      expect(fault).toContain(`${file} is not in UTF-8: see line 2, and save it as text in UTF-8`)
      expect(fault).not.toContain(pepper)
    }
  })

  test('is held to the same form, and its file is named', () => {
    const file = fileWith('mysql://user:hunter2@db/x')
    const [fault] = faultsOf({ OSTIARY_STORAGE_URI_FILE: file })
    expect(fault).toMatch(/^storage\.uri \(OSTIARY_STORAGE_URI\): got a value that is not shown/)
    expect(fault).toContain(file)
    expect(fault).not.toContain('hunter2')
  })

  test('wins over the setting, which is warned of', () => {
    const env = {
      OSTIARY_SECRET_PEPPER: `another ${pepper}`,
      OSTIARY_SECRET_PEPPER_FILE: fileWith(pepper),
    }
    const { settings: given, warnings } = loadSettings(env)
    expect(given.secret.pepper).toBe(pepper)
    expect(warnings).toEqual([
      expect.stringMatching(/OSTIARY_SECRET_PEPPER\) is set and not used: .*_PEPPER_FILE/),
    ])
  })
})

describe('the file of the embedded store', () => {
  test.each(['sqlite:data/x.db', 'sqlite:/var/lib/x.db', 'sqlite:../x', 'sqlite:my data/x.db'])(
    'may be %s',
    (OSTIARY_STORAGE_URI) => {
      expect(faultsOf({ OSTIARY_STORAGE_URI })).toEqual([])
    },
  )

  test.each([
    'sqlite::memory:',
    'sqlite://data/x.db',
    'sqlite:///data/x.db',
    'sqlite:file:x.db',
    'sqlite:x.db?mode=memory',
    'sqlite:~/x.db',
    'sqlite: x.db',
    'sqlite:data/',
  ])('may not be %s, which would be another one, and is told the right form', (uri) => {
    expect(faultsOf({ OSTIARY_STORAGE_URI: uri }).join()).toContain('as sqlite:data/ostiary.db')
  })
})
