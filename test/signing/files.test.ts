import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { chmod, chown, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect, promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { ensureKey } from '../../src/signing/ensure.ts'
import { KeyFault } from '../../src/signing/fault.ts'
import { openKeyring } from '../../src/signing/keyring.ts'
import { listKeys } from '../../src/signing/list.ts'
import { readKeys } from '../../src/signing/place.ts'
import { rotate } from '../../src/signing/rotate.ts'
import { keysFolder, only } from './folder.ts'
import { otherPassphrase, passphrase } from './secrets.ts'

async function folderWithKey() {
  const folder = await keysFolder()
  await ensureKey(folder.options)
  return { ...folder, key: only(await listKeys(folder.options)) }
}

const times = { createdAt: '2027-01-01T00:00:00Z', signsFrom: '2027-01-01T00:00:00Z' }

function jwkFile(key: object) {
  return JSON.stringify({ key: { kid: 'mine', use: 'sig', ...key }, ...times })
}

function rsaJwk(modulusLength: number) {
  return generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ format: 'jwk' })
}

function ecJwk(namedCurve: string) {
  return generateKeyPairSync('ec', { namedCurve }).privateKey.export({ format: 'jwk' })
}

describe('a key file', () => {
  test.each([0o604, 0o644, 0o602, 0o666])('open to everyone (mode %o) is refused', async (mode) => {
    const { options, key } = await folderWithKey()
    await chmod(key.file, mode)
    await expect(openKeyring(options)).rejects.toThrow(KeyFault)
    await expect(openKeyring(options)).rejects.toThrow(`chmod 600 ${key.file}`)
  })

  test.each([0o600, 0o640, 0o440, 0o400])('of mode %o is read', async (mode) => {
    const { options, key } = await folderWithKey()
    await chmod(key.file, mode)
    expect((await openKeyring(options)).current.kid).toBe(key.kid)
  })

  test('may be a link, as in a mounted Kubernetes secret', async () => {
    const { dir, options, key } = await folderWithKey()
    const data = '..2027_01_01_00_00_00.1'
    await mkdir(join(dir, data))
    await rename(key.file, join(dir, data, `${key.kid}.json`))
    await symlink(data, join(dir, '..data'))
    await symlink(join('..data', `${key.kid}.json`), key.file)
    expect((await openKeyring(options)).current.kid).toBe(key.kid)
  })

  test('is refused for the mode of what its link leads to', async () => {
    const { dir, options, key } = await folderWithKey()
    await rename(key.file, join(dir, 'elsewhere'))
    await chmod(join(dir, 'elsewhere'), 0o644)
    await symlink('elsewhere', key.file)
    await expect(openKeyring(options)).rejects.toThrow('is open to everyone (mode 0644)')
  })

  test.each([0o777, 0o1777, 0o703])('is not looked for in a folder of mode %o', async (mode) => {
    const { dir, options } = await folderWithKey()
    await chmod(dir, mode)
    await expect(openKeyring(options)).rejects.toThrow(KeyFault)
    await expect(openKeyring(options)).rejects.toThrow(`chmod o-w ${dir}`)
  })

  // Only root can give a file away.
  const asRoot = process.getuid?.() === 0 ? test : test.skip

  asRoot('of another user is refused: it would sign', async () => {
    const { dir, options } = await folderWithKey()
    const planted = join(dir, 'mine.json')
    const text = jwkFile({ ...ecJwk('P-256'), alg: 'ES256' })
    await writeFile(planted, text, { mode: 0o600 })
    await chown(planted, 12_345, 12_345)
    await expect(openKeyring(options)).rejects.toThrow(`${planted} belongs to the user 12345`)
  })

  test('may begin with a BOM', async () => {
    const { options, key } = await folderWithKey()
    await writeFile(key.file, `\uFEFF${await readFile(key.file, 'utf8')}`)
    expect((await openKeyring(options)).current.kid).toBe(key.kid)
  })

  test.each(['README.md', '.hidden.json', '..data', '.gitignore', 'notes.json.bak'])(
    'is not %s',
    async (name) => {
      const { dir, options, key } = await folderWithKey()
      await writeFile(join(dir, name), 'not a key')
      expect(only(await readKeys(options.place)).kid).toBe(key.kid)
      expect((await openKeyring(options)).current.kid).toBe(key.kid)
    },
  )

  test('that leads nowhere is refused by its name', async () => {
    const { dir, options } = await folderWithKey()
    await symlink('nowhere', join(dir, 'gone.json'))
    await expect(openKeyring(options)).rejects.toThrow(/gone\.json cannot be read: ENOENT/)
  })

  test('that cannot be read is refused by its name', async () => {
    const { dir, options } = await folderWithKey()
    await mkdir(join(dir, 'folder.json'), { mode: 0o700 })
    await expect(openKeyring(options)).rejects.toThrow(/folder\.json cannot be read: EISDIR/)
  })

  test('that is not in UTF-8 is refused by its name and the line', async () => {
    const { dir, options } = await folderWithKey()
    const file = join(dir, 'latin.json')
    await writeFile(file, '{\n"note": "q\xff"}', { encoding: 'latin1', mode: 0o600 })
    await expect(openKeyring(options)).rejects.toThrow(KeyFault)
    await expect(openKeyring(options)).rejects.toThrow(
      `${file} is not in UTF-8: see line 2, and save it as text in UTF-8`,
    )
  })

  test('must be named after the key in it', async () => {
    const { dir, options, key } = await folderWithKey()
    await writeFile(join(dir, 'copy.json'), await readFile(key.file), { mode: 0o600 })
    await expect(openKeyring(options)).rejects.toThrow(
      `copy.json holds the key ${key.kid}: rename it`,
    )
  })

  const broken: readonly (readonly [string, () => string, RegExp])[] = [
    ['empty', () => '', /is not a JSON object/],
    ['a list', () => '[]', /is not a JSON object/],
    ['without a key', () => JSON.stringify(times), /expected key, or publicKey/],
    ['a bare JWK', () => JSON.stringify(ecJwk('P-256')), /expected key, or publicKey/],
    ['of alg none', () => jwkFile({ ...ecJwk('P-256'), alg: 'none' }), /alg must be one of RS256/],
    ['of alg HS256', () => jwkFile({ kty: 'oct', k: 'AAAA', alg: 'HS256' }), /alg must be one of/],
    [
      'of another type',
      () => jwkFile({ ...ecJwk('P-256'), alg: 'RS256' }),
      /cannot sign with RS256/,
    ],
    ['of another curve', () => jwkFile({ ...ecJwk('P-384'), alg: 'ES256' }), /must be P-256/],
    ['of 1024 bits', () => jwkFile({ ...rsaJwk(1024), alg: 'RS256' }), /at least 2048 bits/],
    ['no key', () => jwkFile({ kty: 'EC', crv: 'P-256', alg: 'ES256' }), /does not hold a JWK/],
    ['only public', () => jwkFile({ ...ecJwk('P-256'), d: undefined, alg: 'ES256' }), /is damaged/],
    [
      'of two halves that do not match',
      () => jwkFile({ ...ecJwk('P-256'), d: ecJwk('P-256').d, alg: 'ES256' }),
      /is damaged/,
    ],
    [
      'without its time',
      () => JSON.stringify({ key: { ...ecJwk('P-256'), kid: 'mine', alg: 'ES256' } }),
      /createdAt must be a time/,
    ],
    [
      'with a kid that is a path',
      () => jwkFile({ ...ecJwk('P-256'), alg: 'ES256', kid: '../mine' }),
      /kid must be/,
    ],
  ]

  test.each(broken)('that is %s is refused by its name', async (_, text, message) => {
    const folder = await keysFolder()
    await mkdir(folder.dir)
    await writeFile(folder.file('mine'), text(), { mode: 0o600 })
    await expect(openKeyring(folder.options)).rejects.toThrow(message)
    await expect(openKeyring(folder.options)).rejects.toThrow('mine.json')
  })

  test('made elsewhere is used under its own kid', async () => {
    const folder = await keysFolder()
    await mkdir(folder.dir)
    const text = jwkFile({ ...ecJwk('P-256'), alg: 'ES256' })
    await writeFile(folder.file('mine'), text, { mode: 0o600 })
    expect((await openKeyring(folder.options)).current.kid).toBe('mine')
  })
})

describe('a folder in which nothing can be written', () => {
  test('serves with a warning that its keys stay plain, and refuses a rotation', async () => {
    const { dir, parent } = await keysFolder()
    await mkdir(dir)
    const nobody = 65_534
    if (process.getuid?.() === 0)
      for (const path of [parent, dir]) await chown(path, nobody, nobody)
    const script = join(import.meta.dirname, 'read-only-process.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [script, dir])
    const message = `keys.dir (OSTIARY_KEYS_DIR): the keys folder ${dir} cannot be written: EACCES`
    expect(JSON.parse(stdout)).toEqual({
      isSame: true,
      warnings: [`${message}; its keys stay unencrypted although a passphrase is set`],
      rotation: message,
    })
  })
})

describe('nothing of a private key', () => {
  test('is in the message about a broken file', async () => {
    const folder = await keysFolder()
    await mkdir(folder.dir)
    await writeFile(folder.file('mine'), '{"key":{"d":TOPSECRET', { mode: 0o600 })
    const error = await openKeyring(folder.options).catch((fault: unknown) => fault)
    expect(inspect(error, { depth: 9 })).not.toMatch(/TOPSECRET/)
  })

  test('prints with a key, a listing or a keyring', async () => {
    const folder = await keysFolder()
    const ring = await openKeyring(folder.options)
    const { d } = JSON.parse(await readFile(folder.file(ring.current.kid), 'utf8')).key
    const shown = [
      await readKeys(folder.options.place),
      await listKeys(folder.options),
      ring,
      ring.current,
    ]
    const options = { depth: 9, showHidden: true }
    expect(inspect(shown, options) + JSON.stringify(shown)).not.toContain(d)
  })
})

describe('an encrypted key', () => {
  test('without a passphrase is refused, naming the file and both settings', async () => {
    const folder = await keysFolder()
    await ensureKey({ ...folder.options, passphrase })
    const { file } = only(await listKeys(folder.options))
    await expect(openKeyring(folder.options)).rejects.toThrow(
      `${file} is encrypted: set OSTIARY_KEYS_PASSPHRASE or OSTIARY_KEYS_PASSPHRASE_FILE`,
    )
  })

  test('with another passphrase is refused', async () => {
    const folder = await keysFolder()
    await ensureKey({ ...folder.options, passphrase })
    const opened = openKeyring({ ...folder.options, passphrase: otherPassphrase })
    await expect(opened).rejects.toThrow('holds another passphrase, or the file is damaged')
  })

  test('whose public half was exchanged is refused', async () => {
    const folder = await keysFolder()
    await ensureKey({ ...folder.options, passphrase })
    const { file, kid } = only(await listKeys(folder.options))
    const content = JSON.parse(await readFile(file, 'utf8'))
    const { d: _, ...publicKey } = ecJwk('P-256')
    const exchanged = { ...content, publicKey: { ...publicKey, kid, alg: 'ES256' } }
    await writeFile(file, JSON.stringify(exchanged))
    const opened = openKeyring({ ...folder.options, passphrase })
    await expect(opened).rejects.toThrow('do not belong together')
  })

  test('that has retired is refused with another public half: its tokens would be accepted', async () => {
    const folder = await keysFolder()
    const options = { ...folder.options, passphrase }
    await ensureKey(options)
    const { file, kid } = only(await listKeys(options))
    folder.pass(60)
    await rotate({ ...options, publishSeconds: 0 })
    const content = JSON.parse(await readFile(file, 'utf8'))
    const { d: _, ...publicKey } = ecJwk('P-256')
    const planted = { ...content, publicKey: { ...publicKey, kid, alg: 'ES256' } }
    await writeFile(file, JSON.stringify(planted))
    await expect(openKeyring(options)).rejects.toThrow('do not belong together')
  })

  test('signs with its passphrase', async () => {
    const folder = await keysFolder()
    const ring = await openKeyring({ ...folder.options, passphrase })
    expect(await ring.current.sign(Buffer.from('data'))).toHaveLength(64)
  })
})
