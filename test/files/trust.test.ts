import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { distrust, readTrusted, trustedFolder, trustedIn } from '../../src/files/trust.ts'
import { valueIn } from '../../src/files/value.ts'

const us = { uids: [1000, 0], gids: [1000, 2000] }
const rootUser = { uids: [0, 0], gids: [0] }
const folderOfUs = { uid: 1000, gid: 1000, mode: 0o700 }

describe('a file or folder is relied on when', () => {
  test.each([
    ['it is ours alone', { uid: 1000, gid: 1000, mode: 0o600 }, 'secret'],
    ['root made it, and we may read it', { uid: 0, gid: 2000, mode: 0o640 }, 'secret'],
    [
      'Kubernetes gave it to a group of ours (fsGroup)',
      { uid: 0, gid: 2000, mode: 0o660 },
      'secret',
    ],
    [
      'a folder of ours can be entered by everyone',
      { uid: 1000, gid: 1000, mode: 0o755 },
      'folder',
    ],
    ['everyone may read what is no secret', { uid: 0, gid: 0, mode: 0o644 }, 'file'],
    [
      'any user of group 0 shares the folder (OpenShift)',
      { uid: 0, gid: 1000, mode: 0o2770 },
      'folder',
    ],
  ] as const)('%s', (_, facts, use) => {
    expect(distrust('/x', facts, { trusted: us, use })).toBeUndefined()
  })

  test('files have no owners on this system', () => {
    const facts = { uid: 7, gid: 7, mode: 0o666 }
    expect(distrust('/x', facts, { trusted: undefined, use: 'secret' })).toBeUndefined()
  })
})

describe('a file or folder is refused, with the command that mends it, when', () => {
  test.each([
    ['another user owns it', { uid: 1001, gid: 1000, mode: 0o600 }, 'secret', 'chown 1000 /x'],
    ['everyone may read a secret', { uid: 1000, gid: 1000, mode: 0o644 }, 'secret', 'chmod 600 /x'],
    ['everyone may write a file', { uid: 1000, gid: 1000, mode: 0o602 }, 'file', 'chmod o-w /x'],
    [
      'everyone may write a folder',
      { uid: 1000, gid: 1000, mode: 0o777 },
      'folder',
      'chmod o-w /x',
    ],
    ['it is a folder like /tmp', { uid: 0, gid: 0, mode: 0o1777 }, 'folder', 'chmod o-w /x'],
    [
      'a group that is not ours may write it',
      { uid: 0, gid: 50, mode: 0o660 },
      'secret',
      'chmod g-w /x',
    ],
  ] as const)('%s', (_, facts, use, command) => {
    expect(distrust('/x', facts, { trusted: us, use })).toContain(command)
  })
})

test('root trusts the owner of the folder that the settings name, and nobody else', () => {
  const trusted = trustedIn(folderOfUs, rootUser)
  const ask = (uid: number) => distrust('/x', { ...folderOfUs, uid }, { trusted, use: 'secret' })
  expect([ask(0), ask(1000)]).toEqual([undefined, undefined])
  expect(ask(1001)).toContain('belongs to the user 1001')
})

test('nobody but root trusts the owner of a folder for owning it', () => {
  expect(trustedIn({ ...folderOfUs, uid: 1001 }, us)).toEqual(us)
})

describe('a file on the disk', () => {
  let dir = ''
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ostiary-trust-'))
  })
  afterAll(async () => await rm(dir, { recursive: true }))

  test('is read through a link, as Kubernetes mounts it, by the mode of what it leads to', async () => {
    const [file, link] = [join(dir, 'data'), join(dir, 'link')]
    await writeFile(file, 'text', { mode: 0o600 })
    await symlink(file, link)
    const trusted = await trustedFolder(dir)
    expect(await readTrusted(link, trusted)).toBe('text')
    await chmod(file, 0o644)
    await expect(readTrusted(link, trusted)).rejects.toThrow(`chmod 600 ${link}`)
    expect(await readTrusted(join(dir, 'none'), trusted)).toBeUndefined()
  })

  test('is not read when it is larger than any value', async () => {
    const file = join(dir, 'large')
    await writeFile(file, 'x'.repeat(64 * 1024 + 1), { mode: 0o600 })
    await expect(readTrusted(file, undefined)).rejects.toThrow('65537 bytes')
  })

  test('is not read when it is a pipe, which may have nobody who writes into it', async () => {
    const pipe = join(dir, 'pipe')
    execFileSync('mkfifo', ['-m', '600', pipe])
    await expect(readTrusted(pipe, undefined)).rejects.toThrow('is a pipe, expected a file')
  })

  test('is not read when it is not in UTF-8, and its line is named', async () => {
    const file = join(dir, 'latin')
    await writeFile(file, 'a\nq\xff', { encoding: 'latin1', mode: 0o600 })
    const refused = `${file} is not in UTF-8: see line 2`
    await expect(readTrusted(file, undefined)).rejects.toThrow(refused)
  })

  test('is not looked for in a folder that is open to everyone', async () => {
    await chmod(dir, 0o777)
    await expect(trustedFolder(dir)).rejects.toThrow(`chmod o-w ${dir}`)
    await chmod(dir, 0o1777)
    await expect(trustedFolder(dir)).rejects.toThrow(`chmod o-w ${dir}`)
    await chmod(dir, 0o700)
  })
})

test.each([
  ['plain', 'value'],
  ['with a line break at its end', 'value\n'],
  ['with line breaks of Windows', 'value\r\n\r\n'],
  ['with a BOM', '\uFEFFvalue\n'],
])('a value in a file is the same %s', (_, text) => {
  expect(valueIn(text)).toBe('value')
})
