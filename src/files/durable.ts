import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, copyFile, link, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, reasonOf } from './reason.ts'

const attempts = 10

/** A name that no other writer has: processes in containers share a folder and a process id. */
const temporaryFor = (dir: string, name: string) => join(dir, `.${name}.${randomUUID()}`)

/** How such a name ends, or ended in former releases: what ends otherwise is somebody else's. */
const isMark = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+\.\d+)$/

/** Makes a rename, a new name or a removal in this folder outlive a loss of power. */
export async function syncFolder(dir: string): Promise<void> {
  await using folder = await open(dir, 'r')
  await folder.sync()
}

/** Waits until what a file holds is on the disk. */
export async function syncFile(file: string): Promise<void> {
  await using handle = await open(file, 'r')
  await handle.sync()
}

/** What a file shall hold: a text, or its parts as they come. */
type Content = string | AsyncIterable<string>

/** A write that finds no room names no file, as opening one does. Its code stays, for who asks. */
function named(file: string, error: unknown): unknown {
  const isOfWrite = error instanceof Error && 'syscall' in error && !('path' in error)
  if (!isOfWrite) return error
  const message = `${file} cannot be written: ${reasonOf(error)}`
  return Object.assign(new Error(message, { cause: error }), { code: codeOf(error) })
}

/** Writes a file that is not there yet, for its owner alone, and waits until it is on the disk. */
async function writeNew(file: string, content: Content): Promise<void> {
  await using handle = await open(file, 'wx', 0o600)
  await handle.writeFile(content)
  await handle.sync()
}

/** Makes a folder that is not there, for its owner alone. */
export async function makeFolder(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
}

/** Whether the file has its name now, or another had it first; false when it is gone. */
async function tookName(temporary: string, file: string): Promise<boolean> {
  try {
    await link(temporary, file)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    if (codeOf(error) === 'EEXIST') return true
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
}

/**
 * Writes a file whole or not at all, and only if there is none: of several processes one wins, and
 * a crash leaves nothing half-written under the name. Makes the folder, for its owner alone.
 */
export async function createFile(dir: string, name: string, content: string): Promise<void> {
  await makeFolder(dir)
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const file = temporaryFor(dir, name)
    await writeNew(file, content).catch(async (error) => {
      await rm(file, { force: true })
      throw named(join(dir, name), error)
    })
    // Another process that starts may have taken it for what a crash left.
    if (await tookName(file, join(dir, name))) return await syncFolder(dir)
  }
  throw new Error(`${join(dir, name)} cannot be written: another process removes what is written`)
}

/** Removes what a process left that was killed while it wrote such a file: it may hold a secret. */
export async function removeUnfinished(dir: string, name: string): Promise<void> {
  const names = await readdir(dir).catch(() => [])
  for (const found of names) {
    const [own, mark] = [`.${name}.`, found.slice(name.length + 2)]
    if (!found.startsWith(own) || !isMark.test(mark)) continue
    await rm(join(dir, found), { force: true })
  }
}

/** Writes a file whole or not at all, in the place of one that may be there. The folder must be there. */
export async function replaceFile(dir: string, name: string, content: Content): Promise<void> {
  const temporary = temporaryFor(dir, name)
  try {
    await writeNew(temporary, content)
    await rename(temporary, join(dir, name))
  } catch (error) {
    await rm(temporary, { force: true })
    throw named(join(dir, name), error)
  }
  await syncFolder(dir)
}

/** Copies a file to a name that is not taken, for its owner alone, and waits until it is on the disk. */
export async function copyDurably(source: string, target: string): Promise<void> {
  await copyFile(source, target, constants.COPYFILE_EXCL)
  await chmod(target, 0o600)
  await syncFile(target)
}
