import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ensureKey } from '../../src/signing/ensure.ts'
import { openKeyring } from '../../src/signing/keyring.ts'
import { keysFolder } from './folder.ts'
import { passphrase } from './secrets.ts'

async function opened() {
  const folder = await keysFolder()
  const ring = await openKeyring(folder.options)
  let changes = 0
  const stop = ring.onChange(() => {
    changes += 1
  })
  return { ...folder, ring, stop, changes: () => changes }
}

describe('a keyring', () => {
  test('says whether it made the first key', async () => {
    const folder = await keysFolder()
    expect((await openKeyring(folder.options)).madeFirst).toBe(true)
    expect((await openKeyring(folder.options)).madeFirst).toBe(false)
  })

  test('hands on the warning that another algorithm is configured', async () => {
    const { options } = await opened()
    const ring = await openKeyring({ ...options, alg: 'RS256' })
    expect(ring.warnings).toEqual([expect.stringContaining('keeps signing')])
    expect(ring.current.alg).toBe('ES256')
  })

  test('publishes public members only (RFC 7517 §9)', async () => {
    const { ring } = await opened()
    const { kid, publicJwk } = ring.current
    expect(ring.published).toEqual([publicJwk])
    expect(publicJwk).toEqual({
      kty: 'EC',
      kid,
      alg: 'ES256',
      use: 'sig',
      crv: 'P-256',
      x: expect.any(String),
      y: expect.any(String),
    })
  })

  test('does not change while the folder and the phases do not', async () => {
    const { ring, changes, pass } = await opened()
    const { published, current } = ring
    pass(1_000_000)
    expect(await ring.reload()).toBe(false)
    expect(ring.published).toBe(published)
    expect(ring.current).toBe(current)
    expect(changes()).toBe(0)
  })

  test('tells its listeners of a change, until they leave', async () => {
    const { ring, changes, stop, pass, rotate } = await opened()
    await rotate(600)
    expect(await ring.reload()).toBe(true)
    expect(changes()).toBe(1)
    stop()
    pass(600)
    expect(await ring.reload()).toBe(true)
    expect(changes()).toBe(1)
  })

  test('agrees with every other that shares the folder', async () => {
    const { ring, options, rotate, pass } = await opened()
    const other = await openKeyring(options)
    for (const seconds of [0, 600, 3660]) {
      pass(seconds)
      await rotate(600)
      await Promise.all([ring.reload(), other.reload()])
      expect(other.current.kid).toBe(ring.current.kid)
      expect(other.published).toEqual(ring.published)
    }
  })

  test('reads the folder once when asked to by many at a time', async () => {
    const { ring, rotate, changes } = await opened()
    await rotate(600)
    const answers = await Promise.all([ring.reload(), ring.reload(), ring.reload()])
    expect(answers).toEqual([true, true, true])
    expect(changes()).toBe(1)
  })

  test('goes on with its keys, each in its time, while the folder is not in order', async () => {
    const { ring, dir, rotate, pass } = await opened()
    const { key } = await rotate(600)
    await ring.reload()
    await writeFile(join(dir, 'broken.json'), '{', { mode: 0o600 })
    await expect(ring.reload()).rejects.toThrow('broken.json is no key file')
    expect(ring.published).toHaveLength(2)
    pass(600)
    await expect(ring.reload()).rejects.toThrow('broken.json is no key file')
    expect(ring.current.kid).toBe(key.kid)
    await rm(join(dir, 'broken.json'))
    expect(await ring.reload()).toBe(false)
  })

  test('goes on with its keys when the folder is emptied', async () => {
    const { ring, dir, file } = await opened()
    const { kid } = ring.current
    await rm(file(kid))
    await expect(ring.reload()).rejects.toThrow('no key that can sign')
    await rm(dir, { recursive: true })
    await expect(ring.reload()).rejects.toThrow('no key that can sign')
    expect(ring.current.kid).toBe(kid)
  })

  test('drops a key whose file was deleted', async () => {
    const { ring, file, rotate, pass } = await opened()
    const { kid } = ring.current
    pass(1)
    await rotate(0)
    await rm(file(kid))
    await ring.reload()
    expect(ring.verificationKey(kid)).toBeUndefined()
    expect(ring.published).toHaveLength(1)
  })

  test('goes back to the former key when the file of the current one is deleted', async () => {
    const { options, file, rotate, pass } = await opened()
    pass(1)
    const { key } = await rotate(0)
    const ring = await openKeyring(options)
    await rm(file(key.kid))
    await ring.reload()
    expect(ring.current.kid).not.toBe(key.kid)
    expect(await ring.current.sign(Buffer.from('data'))).toHaveLength(64)
  })

  test('follows a key that became encrypted without changing its keys', async () => {
    const folder = await keysFolder()
    await ensureKey(folder.options)
    const ring = await openKeyring({ ...folder.options, passphrase })
    expect(await readFile(folder.file(ring.current.kid), 'utf8')).toContain('encryptedKey')
    expect(await ring.reload()).toBe(false)
  })

  test('refuses a file that became open to everyone', async () => {
    const { ring, file } = await opened()
    await chmod(file(ring.current.kid), 0o644)
    await expect(ring.reload()).rejects.toThrow('chmod 600')
  })

  test('needs no passphrase for encrypted keys that have retired', async () => {
    const folder = await keysFolder()
    const { current } = await openKeyring({ ...folder.options, passphrase })
    const other = await keysFolder()
    other.pass(60)
    const plain = await openKeyring(other.options)
    const { kid } = plain.current
    await writeFile(folder.file(kid), await readFile(other.file(kid)), { mode: 0o600 })
    folder.pass(60)
    const ring = await openKeyring(folder.options)
    expect(ring.current.kid).toBe(kid)
    expect(ring.verificationKey(current.kid)).toMatchObject({ alg: 'ES256' })
  })
})
