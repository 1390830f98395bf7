import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { load as parse } from 'js-yaml'
import { loadSettings } from '../../src/config/load.ts'
import { isNode, settings } from '../../src/config/settings.ts'
import { faultsOf, fileWith, load } from './files.ts'

describe('a setting', () => {
  const defaults: unknown = parse(
    readFileSync(resolve(import.meta.dirname, '../../config/default.yaml'), 'utf8'),
  )
  const paths = (node: unknown, at: string): string[] =>
    isNode(node)
      ? Object.entries(node).flatMap(([name, below]) => paths(below, at ? `${at}.${name}` : name))
      : [at]

  test('has a default, and every default is of a setting', () => {
    expect(paths(defaults, '').sort()).toEqual(settings.map(({ path }) => path).sort())
  })

  test('has a variable of its own, and says what it is for', () => {
    expect(new Set(settings.map(({ env }) => env)).size).toBe(settings.length)
    for (const { env, description, allowed } of settings) {
      expect(env).toMatch(/^OSTIARY_[A-Z]+(_[A-Z]+)*$/)
      expect(description.length).toBeGreaterThan(5)
      expect(allowed).not.toContain('undefined')
    }
  })

  test.each([
    ['http.allowedHosts', 'OSTIARY_HTTP_ALLOWED_HOSTS'],
    ['storage.maxStalenessSeconds', 'OSTIARY_STORAGE_MAX_STALENESS_SECONDS'],
    ['oauth.assertions.clockToleranceSeconds', 'OSTIARY_OAUTH_ASSERTIONS_CLOCK_TOLERANCE_SECONDS'],
    ['oauth.jwksUri.timeoutSeconds', 'OSTIARY_OAUTH_JWKS_URI_TIMEOUT_SECONDS'],
    ['issuer', 'OSTIARY_ISSUER'],
  ])('%s is set by %s', (path, env) => {
    expect(settings.find((setting) => setting.path === path)?.env).toBe(env)
  })

  test('is the default below the file below the environment', () => {
    const OSTIARY_CONFIG = fileWith('tokens:\n  accessSeconds: 100\nlog:\n  level: debug\n')
    const others = {
      projectMaxSeconds: 94_694_400,
      statusSeconds: 86_400,
      statusListSeconds: 60,
      type: 'at+jwt',
      scopeClaim: 'requested',
    }
    expect(load().tokens).toEqual({ accessSeconds: 3600, ...others })
    expect(load({ OSTIARY_CONFIG }).tokens).toEqual({ accessSeconds: 100, ...others })
    const all = load({ OSTIARY_CONFIG, OSTIARY_TOKENS_ACCESS_SECONDS: '200' })
    expect(all.tokens.accessSeconds).toBe(200)
    expect(all.log.level).toBe('debug')
  })

  test('of the file replaces a whole list', () => {
    const OSTIARY_CONFIG = fileWith('oauth:\n  assertions:\n    audiences: []\n')
    expect(load({ OSTIARY_CONFIG }).oauth.assertions.audiences).toEqual([])
    expect(load({ OSTIARY_CONFIG }).oauth.assertions.maxLifetimeSeconds).toBe(3600)
  })

  test('is read from the environment by its type', () => {
    const given = load({
      OSTIARY_HTTP_PORT: ' 8080 ',
      OSTIARY_HTTP_ALLOW_INSECURE_ISSUER: 'TRUE',
      OSTIARY_HTTP_ALLOWED_HOSTS: 'a.example:443, b.example ,',
      OSTIARY_API_PUBLIC_CLIENT_KEYS: ',',
    })
    expect(given.http).toMatchObject({
      port: 8080,
      allowInsecureIssuer: true,
      allowedHosts: ['a.example:443', 'b.example'],
    })
    expect(given.api.publicClientKeys).toEqual([])
  })

  test('whose variable is empty is as if it were not there', () => {
    const OSTIARY_CONFIG = fileWith('tokens:\n  accessSeconds: 100\n')
    const empty = Object.fromEntries(settings.map(({ env }) => [env, '']))
    expect(load({ ...empty, OSTIARY_CONFIG })).toEqual(load({ OSTIARY_CONFIG }))
    expect(load(empty)).toEqual(load())
  })

  test('cannot be changed once it was read', () => {
    const given = load()
    expect(Object.isFrozen(given)).toBe(true)
    expect(Object.isFrozen(given.oauth.assertions.audiences)).toBe(true)
    expect(Reflect.set(given.http, 'port', 1)).toBe(false)
  })

  test('of the store follows the data folder while nothing else is said', () => {
    expect(load({ OSTIARY_DATA_DIR: '/var/lib/x' }).storage.uri).toBe(
      'sqlite:/var/lib/x/ostiary.db',
    )
    expect(load({ OSTIARY_STORAGE_URI: 'sqlite:/y.db' }).storage.uri).toBe('sqlite:/y.db')
  })
})

describe('a faulty configuration', () => {
  test('is refused with all faults at once: path, variable, value, what is allowed', () => {
    const OSTIARY_CONFIG = fileWith('http:\n  port: high\n  prot: 1\ncolor: red\nlog: {level: 5}\n')
    const faults = faultsOf({
      OSTIARY_CONFIG,
      OSTIARY_TOKENS_ACCESS_SECONDS: '1',
      OSTIARY_API_REQUIRE_CLIENT_KEY: 'maybe',
      OSTIARY_ISSUER: 'http://auth.example',
      OSTIARY_SECRET_PEPPER: 'short',
      OSTIARY_KEYS_PASSPHRASE_FILE: '/nowhere/a',
      OSTIARY_HTTP_HOST: 'not a host',
    })
    expect(faults).toEqual(
      expect.arrayContaining([
        'http.prot: is no setting (did you mean http.port?); docs/settings.md lists them all',
        'color: is no setting; docs/settings.md lists them all',
        'http.port (OSTIARY_HTTP_PORT): got "high", expected a whole number from 0 to 65535',
        'log.level (OSTIARY_LOG_LEVEL): got 5, expected error, warn, info, debug',
        'tokens.accessSeconds (OSTIARY_TOKENS_ACCESS_SECONDS): got 1, expected a whole number from 10 to 86400',
        'api.requireClientKey (OSTIARY_API_REQUIRE_CLIENT_KEY): got "maybe", expected true or false',
        expect.stringMatching(/^issuer \(OSTIARY_ISSUER\): got "http:\/\/auth\.example"/),
        expect.stringMatching(/^secret\.pepper \(OSTIARY_SECRET_PEPPER\): got 5 characters/),
        expect.stringMatching(/^keys\.passphraseFile .*\/nowhere\/a/),
        'http.host (OSTIARY_HTTP_HOST): got "not a host", expected an address',
      ]),
    )
    expect(new Set(faults).size).toBe(faults.length)
  })

  test('says of a setting without a value that there is none, and of a section near which it is', () => {
    const OSTIARY_CONFIG = fileWith('http:\n  port:\nhtpp:\n  port: 1\n')
    expect(faultsOf({ OSTIARY_CONFIG })).toEqual([
      'htpp: is no setting (did you mean http?); docs/settings.md lists them all',
      'http.port (OSTIARY_HTTP_PORT): got nothing, expected a whole number from 0 to 65535',
    ])
  })

  test('never shows a secret', () => {
    const hidden = 'hunter2'
    const faults = faultsOf({
      OSTIARY_BOOTSTRAP_CLIENT_SECRET: hidden,
      OSTIARY_BOOTSTRAP_CLIENT_KEY: 'hunter2 ',
      OSTIARY_STORAGE_URI: 'mysql://user:hunter2@db/x',
      OSTIARY_SECRET_PEPPER: hidden,
      OSTIARY_SECRET_RETIRED_PEPPERS: hidden,
    })
    expect(faults.length).toBeGreaterThanOrEqual(4)
    expect(faults.join()).not.toContain(hidden)
    expect(faults.join()).toContain('a value that is not shown')
  })

  test('is told how many values a list takes, and what each must look like', () => {
    const faults = faultsOf({
      OSTIARY_SECRET_RETIRED_PEPPERS: 'short',
      OSTIARY_HTTP_TRUSTED_PROXIES: 'the proxy',
      OSTIARY_STORAGE_URI: 'mysql://db/x',
    })
    const list = (most: number) =>
      `a list of at most ${most} (in the environment: separated by commas)`
    expect(faults).toEqual([
      expect.stringContaining(`expected ${list(100)}, each an address, or a network`),
      expect.stringContaining('expected nothing, or sqlite:<path>, mongodb://… or mongodb+srv://…'),
      expect.stringContaining(`expected ${list(5)}, each a text of at least 32 characters`),
    ])
  })

  test.each([
    ['no YAML', 'http: [', 'is not YAML'],
    ['a list', '- a\n', 'expected sections'],
    ['a text', 'port\n', 'expected sections'],
    ['a value for a section', 'http: 80\n', 'http'],
    ['the same setting twice', 'issuer: a\nissuer: b\n', 'is not YAML'],
    ['a section within itself', 'http: &http\n  port: *http\n', 'is not YAML'],
    ['a list within itself', 'people:\n  issuers: &all [*all]\n', 'is not YAML'],
    ['two documents', 'issuer: a\n---\nissuer: b\n', 'is not YAML'],
    ['a tag of its own', 'issuer: !mine a\n', 'is not YAML'],
  ])('is refused when the file holds %s', (_, text, says) => {
    expect(faultsOf({ OSTIARY_CONFIG: fileWith(text) }).join()).toContain(says)
  })

  test('is refused when its file is not in UTF-8, by the file and the line', () => {
    const file = fileWith(Buffer.from('http:\n  host: q\xff\n', 'latin1'))
    expect(faultsOf({ OSTIARY_CONFIG: file })).toEqual([
      `OSTIARY_CONFIG: the file cannot be read: ${file} is not in UTF-8: see line 2, and save it as text in UTF-8`,
    ])
  })

  test.each([
    ['a line break at its end', 'OSTIARY_STORAGE_URI', 'mongodb://user:hunter2@db/x\n'],
    ['a carriage return at its end', 'OSTIARY_KEYS_DIR', 'keys\r'],
    ['a line break within', 'OSTIARY_HTTP_ALLOWED_HOSTS', 'a.example,b.exa\nmple'],
    ['a tab', 'OSTIARY_DATA_DIR', 'da\tta'],
    ['a line break after a number', 'OSTIARY_HTTP_PORT', '3000\n'],
    ['a carriage return after a flag', 'OSTIARY_API_REQUIRE_CLIENT_KEY', 'true\r'],
    ['a BOM', 'OSTIARY_ISSUER', '\uFEFFhttps://auth.example'],
    ['a NUL', 'OSTIARY_SECRET_PEPPER', `${'hunter2'.repeat(6)}\0`],
  ])('is refused by name for %s, which nobody sees', (_, name, value) => {
    const faults = faultsOf({ [name]: value }).join()
    expect(faults).toContain(`(${name}): has a line break or another control character`)
    expect(faults).not.toContain('hunter2')
  })

  test('is refused when the file cannot be read', () => {
    const [fault] = faultsOf({ OSTIARY_CONFIG: '/nowhere/none.yaml' })
    expect(fault).toMatch(/^OSTIARY_CONFIG: the file cannot be read: .*none\.yaml/)
  })

  test.each([
    ['is empty', ''],
    ['holds comments only', '# http:\n#   port: 4000\n'],
  ])('is the default when the file %s', (_, text) => {
    expect(load({ OSTIARY_CONFIG: fileWith(text) })).toEqual(load())
  })

  test('is taken from where the file says it first', () => {
    const file = fileWith('keys:\n  dir: &place elsewhere\ndata:\n  dir: *place\n')
    expect(load({ OSTIARY_CONFIG: file }).data.dir).toBe('elsewhere')
  })

  test('is the default in a section whose settings are all comments', () => {
    const file = fileWith('keys:\n  # dir: elsewhere\nhttp:\n  port: 4000\n')
    const { keys, http } = load({ OSTIARY_CONFIG: file })
    expect([keys.dir, http.port]).toEqual(['keys', 4000])
  })

  test('is refused by its section when that is none', () => {
    const faults = faultsOf({ OSTIARY_CONFIG: fileWith('http: 5\n') })
    expect(faults).toEqual(['http: expected a section with settings in it'])
  })

  test('is none when the file is empty', () => {
    expect(load({ OSTIARY_CONFIG: fileWith('# nothing yet\n') })).toEqual(load())
  })

  test.each([
    ['OSTIARY_HTTP_PORT', ['-1', '65536', '80.5', '0x50', 'http']],
    ['OSTIARY_STORAGE_TIMEOUT_SECONDS', ['0', '6']],
    ['OSTIARY_STORAGE_MAX_STALENESS_SECONDS', ['0', '3601']],
    ['OSTIARY_SIGNING_ALG', ['HS256', 'none', 'rs256', ' ']],
    ['OSTIARY_TOKENS_TYPE', ['jwt']],
    ['OSTIARY_OAUTH_ASSERTIONS_REFUSAL_STATUS', ['400', 'x']],
    ['OSTIARY_OAUTH_ASSERTIONS_CLOCK_TOLERANCE_SECONDS', ['61']],
    ['OSTIARY_CREDENTIALS_MAX_LIVE', ['0']],
    ['OSTIARY_LOG_FORMAT', ['xml']],
  ])('is refused for %s=%j', (name, values) => {
    for (const value of values) expect(faultsOf({ [name]: value }).join()).toContain(`(${name})`)
  })
})

describe('an unknown variable', () => {
  const warningsOf = (...names: readonly string[]) =>
    loadSettings(Object.fromEntries(names.map((name) => [name, 'value']))).warnings

  test('is warned of by name, not refused, and its value is not shown', () => {
    const [warning, ...rest] = warningsOf('OSTIARY_HTTP_PROT')
    expect(warning).toContain('did you mean OSTIARY_HTTP_PORT?')
    expect(warning).toContain('OSTIARY_HTTP_PROT')
    expect(warning).not.toContain('value')
    expect(rest).toEqual([])
  })

  test('that Kubernetes makes is said to be one', () => {
    for (const name of [
      'OSTIARY_SERVICE_HOST',
      'OSTIARY_SERVICE_PORT',
      'OSTIARY_SERVICE_PORT_HTTP',
      'OSTIARY_PORT',
      'OSTIARY_PORT_3000_TCP',
      'OSTIARY_PORT_3000_TCP_ADDR',
    ]) {
      expect(warningsOf(name)).toEqual([expect.stringContaining('Kubernetes')])
    }
  })

  test('that Kubernetes makes in place of a setting is not taken for one, and is explained', () => {
    const env = {
      OSTIARY_HTTP_PORT: 'tcp://10.96.0.7:3000',
      OSTIARY_HTTP_SERVICE_HOST: '10.96.0.7',
    }
    const { settings: given, warnings } = loadSettings(env)
    expect(given.http.port).toBe(3000)
    expect(warnings).toEqual([
      expect.stringMatching(/^OSTIARY_HTTP_PORT .*Kubernetes.*enableServiceLinks: false/),
      expect.stringMatching(/^OSTIARY_HTTP_SERVICE_HOST .*Kubernetes/),
    ])
  })

  test('of the command line, the tests or anybody else is none of ours', () => {
    const others = ['OSTIARY_URL', 'OSTIARY_CLIENT_ID', 'OSTIARY_TEST_MONGODB_URI', 'PATH']
    expect(warningsOf(...others)).toEqual([])
  })
})
