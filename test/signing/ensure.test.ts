import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type FSWatcher, watch } from 'node:fs'
import { chmod, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { keyRecipes } from '../../src/signing/algorithms.ts'
import { ensureKey } from '../../src/signing/ensure.ts'
import { listKeys } from '../../src/signing/list.ts'
import { keysFolder, only } from './folder.ts'
import { otherPassphrase, passphrase } from './secrets.ts'

const algorithms: readonly (keyof typeof keyRecipes)[] = ['RS256', 'PS256', 'ES256', 'EdDSA']

async function startProcess(dir: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'ensure-process.ts'), dir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}

async function answerOf(child: ChildProcess): Promise<string> {
  const chunks: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(child, 'close')
  return Buffer.concat(chunks).toString().trim()
}

/** Kills the process at the nth thing that happens in the folder. */
async function killAtEvent(child: ChildProcess, dir: string, nth: number): Promise<void> {
  let seen = 0
  const watcher: FSWatcher = watch(dir, () => {
    seen += 1
    if (seen === nth) child.kill('SIGKILL')
  })
  child.stdin?.write('go\n')
  await once(child, 'close')
  watcher.close()
}

/** As if the processes that left these locks had been dead for a while. */
async function ageLocks(dir: string): Promise<void> {
  const past = new Date(Date.now() - 60_000)
  for (const name of await readdir(dir)) {
    if (name.startsWith('.lock-')) await utimes(join(dir, name), past, past)
  }
}

describe('the first key', () => {
  test('is made in an empty folder and signs at once', async () => {
    const folder = await keysFolder()
    expect(await ensureKey(folder.options)).toEqual({ made: true, warnings: [] })
    const key = only(await listKeys(folder.options))
    expect(key).toMatchObject({
      alg: 'ES256',
      state: { phase: 'current' },
      signsFrom: folder.now(),
    })
  })

  test('is not made where there is one', async () => {
    const folder = await keysFolder()
    await ensureKey(folder.options)
    const before = await folder.files()
    expect(await ensureKey(folder.options)).toEqual({ made: false, warnings: [] })
    expect(await folder.files()).toEqual(before)
  })

  test('is for its owner alone, and so is a folder that we make', async () => {
    const folder = await keysFolder()
    await ensureKey(folder.options)
    const key = only(await listKeys(folder.options))
    expect((await stat(key.file)).mode & 0o777).toBe(0o600)
    expect((await stat(folder.dir)).mode & 0o777).toBe(0o700)
  })

  test('leaves the mode of a folder that was there', async () => {
    const folder = await keysFolder()
    await mkdir(folder.dir, { mode: 0o750 })
    await chmod(folder.dir, 0o750)
    await ensureKey(folder.options)
    expect((await stat(folder.dir)).mode & 0o777).toBe(0o750)
  })

  test.each(algorithms)('is of the algorithm %s that is configured', async (alg) => {
    const folder = await keysFolder()
    await ensureKey({ ...folder.options, alg })
    const { alg: jws, size } = keyRecipes[alg]
    expect(only(await listKeys(folder.options))).toMatchObject({ alg: jws, size })
  })

  test('has the number of bits that is configured', async () => {
    const folder = await keysFolder()
    await ensureKey({ ...folder.options, alg: 'RS256-3072' })
    expect(only(await listKeys(folder.options))).toMatchObject({ alg: 'RS256', size: '3072 bits' })
  })

  test('stays when another algorithm is configured, with a warning', async () => {
    const folder = await keysFolder()
    await ensureKey({ ...folder.options, alg: 'ES256' })
    const { made, warnings } = await ensureKey({ ...folder.options, alg: 'RS256' })
    expect(made).toBe(false)
    expect(only(warnings)).toMatch(/ES256.* keeps signing although signing.alg is RS256: rotate/)
  })
})

describe('many processes that start at once', () => {
  test('make one key', async () => {
    const folder = await keysFolder()
    const children = await Promise.all(Array.from({ length: 10 }, () => startProcess(folder.dir)))
    const answers = children.map(answerOf)
    for (const child of children) child.stdin?.write('go\n')
    const said = await Promise.all(answers)
    expect(said.filter((answer) => answer === 'made')).toHaveLength(1)
    expect(said.filter((answer) => answer === 'found')).toHaveLength(9)
    expect(await folder.files()).toHaveLength(1)
  })

  test('make one key after one that was killed, at the same moment', async () => {
    const folder = await keysFolder()
    await mkdir(folder.dir)
    await writeFile(join(folder.dir, '.lock-dead'), '')
    await ageLocks(folder.dir)
    const all = Array.from({ length: 10 }, () => ensureKey(folder.options))
    expect((await Promise.all(all)).filter(({ made }) => made)).toHaveLength(1)
    expect(await folder.files()).toHaveLength(1)
  })

  test.each([1, 2, 3, 4, 5, 6])('survive one that is killed at its step %i', async (step) => {
    const folder = await keysFolder()
    await mkdir(folder.dir)
    await killAtEvent(await startProcess(folder.dir), folder.dir, step)
    await ageLocks(folder.dir)
    await ensureKey(folder.options)
    const key = only(await listKeys(folder.options))
    expect((await folder.files()).filter((name) => name.endsWith('.json'))).toEqual([
      `${key.kid}.json`,
    ])
  })

  test('never read a key that was half written', async () => {
    const folder = await keysFolder()
    await mkdir(folder.dir)
    await writeFile(join(folder.dir, '.new-1'), '{"key":{"kty":"EC","d":')
    await ensureKey(folder.options)
    const key = only(await listKeys(folder.options))
    expect(await folder.files()).toEqual([`${key.kid}.json`])
  })
})

describe('a passphrase', () => {
  test('encrypts the private half and leaves the public one in clear', async () => {
    const folder = await keysFolder()
    await ensureKey({ ...folder.options, passphrase })
    const key = only(await listKeys(folder.options))
    const content = JSON.parse(await readFile(key.file, 'utf8'))
    expect(key.isEncrypted).toBe(true)
    expect(Object.keys(content)).toEqual(['publicKey', 'encryptedKey', 'createdAt', 'signsFrom'])
    expect(content.publicKey).not.toHaveProperty('d')
    expect((await stat(key.file)).mode & 0o777).toBe(0o600)
  })

  test('encrypts keys that were plain, and they stay the same keys', async () => {
    const folder = await keysFolder()
    await ensureKey(folder.options)
    await folder.rotate()
    const before = await listKeys(folder.options)
    await ensureKey({ ...folder.options, passphrase })
    const after = await listKeys(folder.options)
    expect(after).toEqual(before.map((key) => ({ ...key, isEncrypted: true })))
    for (const { file } of after) expect(await readFile(file, 'utf8')).not.toMatch(/"d"/)
  })

  test('that is another one does not touch the files', async () => {
    const folder = await keysFolder()
    await ensureKey({ ...folder.options, passphrase })
    const { file } = only(await listKeys(folder.options))
    const before = await readFile(file, 'utf8')
    await ensureKey({ ...folder.options, passphrase: otherPassphrase })
    expect(await readFile(file, 'utf8')).toBe(before)
  })
})
