import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../../files/durable.ts'
import { readAtOnce } from '../../files/open-flags.ts'
import { codeOf } from '../../files/reason.ts'
import { textIn } from '../../files/value.ts'

/** The name of the file that tells with which database a folder is used. */
export const markFile = '.installation'

/** What a folder knows of the database that it is used with; nothing yet during a first start. */
export interface Mark {
  /** The random name of the installation. */
  readonly mark?: string
  /** How far the log had come, at least. */
  readonly head?: number
  /** The hash of that entry. */
  readonly hash?: string
}

function parse(bytes: Uint8Array, file: string): Mark {
  try {
    const text = textIn(bytes, file)
    const { mark, head, hash }: Readonly<Record<string, unknown>> = Object(JSON.parse(text))
    return {
      ...(typeof mark === 'string' && { mark }),
      ...(typeof head === 'number' && { head }),
      ...(typeof hash === 'string' && { hash }),
    }
  } catch (cause) {
    // Read as one without a name it would be that of a first start that was killed.
    throw new Error(
      `${file} is damaged: it is no JSON. Put it back from a backup; where storage.uri and data.dir are right, remove it`,
      { cause },
    )
  }
}

const atOnce = { flag: readAtOnce } as const

/** The mark of a folder; undefined when it has none. */
export async function readMark(dir: string): Promise<Mark | undefined> {
  try {
    const file = join(dir, markFile)
    return parse(await readFile(file, atOnce), file)
  } catch (error) {
    // A folder that cannot be one is refused, by its setting, where it is used.
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return undefined
    throw error
  }
}

const unwritable: readonly unknown[] = ['ENOENT', 'EROFS', 'EACCES', 'EPERM']

/** Marks a folder. One that is not there, or in which nothing can be written, stays without. */
export async function writeMark(dir: string, mark: Mark): Promise<void> {
  const content = `${JSON.stringify(mark)}\n`
  // An idle server writes nothing: what is there already costs no fsync.
  const there = await readFile(join(dir, markFile), atOnce).catch(() => undefined)
  if (there?.toString() === content) return
  try {
    await replaceFile(dir, markFile, content)
  } catch (error) {
    if (!unwritable.includes(codeOf(error))) throw error
  }
}
