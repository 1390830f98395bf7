import { link, mkdir, open, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from './reason.ts'

/** Makes a rename, a new name or a removal in this folder outlive a loss of power. */
export async function syncFolder(dir: string): Promise<void> {
  await using folder = await open(dir, 'r')
  await folder.sync()
}

/** Writes a file that is not there yet, for its owner alone, and waits until it is on the disk. */
async function writeNew(file: string, content: string): Promise<void> {
  await using handle = await open(file, 'wx', 0o600)
  await handle.writeFile(content)
  await handle.sync()
}

/**
 * Writes a file whole or not at all, and only if there is none: of several processes one wins, and
 * a crash leaves nothing half-written under the name. Makes the folder, for its owner alone.
 */
export async function createFile(dir: string, name: string, content: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const temporary = join(dir, `.${name}.${process.pid}.${Date.now()}`)
  await writeNew(temporary, content)
  try {
    await link(temporary, join(dir, name))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    await unlink(temporary)
  }
  await syncFolder(dir)
}

/** The text of a file; undefined when there is none. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
