import type { Stats } from 'node:fs'
import { access, type FileHandle, open } from 'node:fs/promises'
import { readAtOnce } from './open-flags.ts'
import { textIn } from './value.ts'

/** Fails, by its name, for what may never come to its end: a pipe or a device. Reading a folder fails by itself. */
export function assertFile(name: string, facts: Stats): void {
  if (facts.isFile() || facts.isDirectory()) return
  throw new Error(`${name} is a ${facts.isFIFO() ? 'pipe' : 'device'}, expected a file`)
}

/** Opens a file to read it, and waits for nobody: a pipe is refused. */
export async function openFile(file: string): Promise<FileHandle> {
  const handle = await open(file, readAtOnce)
  try {
    assertFile(file, await handle.stat())
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** The text of a file. Fails by its name when it is not in UTF-8, or a pipe. */
export async function readText(file: string): Promise<string> {
  await using handle = await openFile(file)
  return textIn(await handle.readFile(), file)
}

/** Whether there is something of this name; it is not opened. */
export async function isThere(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  )
}
