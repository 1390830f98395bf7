import { randomUUID } from 'node:crypto'
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncFolder } from '../files/durable.ts'
import { codeOf, reasonOf, textOf } from '../files/reason.ts'
import { readTrusted, type Trusted, trustedFolder } from '../files/trust.ts'
import { FolderNotWritable, KeyFault } from './fault.ts'

const unfinished = '.new-'

/** The path of a key's file. */
export function pathOf(dir: string, kid: string): string {
  return join(dir, `${kid}.json`)
}

/** Makes the folder if it is not there, for its owner alone. */
export async function makeFolder(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new KeyFault(
      `keys.dir (OSTIARY_KEYS_DIR): the keys folder ${dir} cannot be made: ${reasonOf(error)}`,
      error,
    )
  }
}

/** The fault of a folder or file that is not read. Errors that are not of the system name it themselves. */
function unreadable(what: string, error: unknown): KeyFault {
  const code = codeOf(error)
  return new KeyFault(code ? `${what} cannot be read: ${code}` : textOf(error), error)
}

interface Listing {
  readonly names: readonly string[]
  readonly trusted: Trusted | undefined
}

/** What is in the folder, and whose files count there; nothing when there is no folder yet. */
async function listingOf(dir: string): Promise<Listing> {
  try {
    return { trusted: await trustedFolder(dir), names: await readdir(dir) }
  } catch (error) {
    if (reasonOf(error) === 'ENOENT') return { trusted: undefined, names: [] }
    throw unreadable(`keys.dir (OSTIARY_KEYS_DIR): the keys folder ${dir}`, error)
  }
}

async function isGone(file: string): Promise<boolean> {
  const entry = await lstat(file).catch(reasonOf)
  return entry === 'ENOENT'
}

/** Undefined when the file was removed since the folder was listed; a dead link is a fault. */
async function readText(file: string, trusted: Trusted | undefined): Promise<string | undefined> {
  const text = await readTrusted(file, trusted).catch((error) => {
    throw unreadable(file, error)
  })
  if (text !== undefined || (await isGone(file))) return text
  throw new KeyFault(`${file} cannot be read: ENOENT, a link that leads nowhere`)
}

/** The texts of the key files by kid. All else in the folder (README.md, dotfiles) is ignored. */
export async function readTexts(dir: string): Promise<ReadonlyMap<string, string>> {
  const { names, trusted } = await listingOf(dir)
  const texts = new Map<string, string>()
  for (const name of names.filter((one) => /^[^.].*\.json$/.test(one)).sort()) {
    const text = await readText(join(dir, name), trusted)
    if (text !== undefined) texts.set(name.slice(0, -'.json'.length), text)
  }
  return texts
}

/** What an operator makes as root belongs to the folder's owner, as whom the server runs. */
async function giveToOwner(handle: FileHandle, dir: string): Promise<void> {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = await stat(dir)
  await handle.chown(uid, gid)
}

async function writeWhole(file: string, text: string): Promise<void> {
  await using handle = await open(file, 'wx', 0o600)
  await giveToOwner(handle, dirname(file))
  await handle.writeFile(text)
  await handle.sync()
}

/** Writes a key so that a reader, or a crash at any moment, sees the whole file or none of it. */
export async function writeText(dir: string, kid: string, text: string): Promise<void> {
  const temporary = join(dir, `${unfinished}${randomUUID()}`)
  try {
    await writeWhole(temporary, text)
    await rename(temporary, pathOf(dir, kid))
    await syncFolder(dir)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw new KeyFault(`${pathOf(dir, kid)} cannot be written: ${reasonOf(error)}`, error)
  }
}

/** Removes a key's file, for good also after a loss of power. */
export async function removeKey(dir: string, kid: string): Promise<void> {
  await rm(pathOf(dir, kid), { force: true })
  await syncFolder(dir)
}

/** Removes what a process left that was killed while it wrote. For the holder of the folder only. */
export async function removeUnfinished(dir: string): Promise<void> {
  for (const name of (await listingOf(dir)).names) {
    if (name.startsWith(unfinished)) await rm(join(dir, name), { force: true })
  }
}

const refusals: readonly string[] = ['EROFS', 'EACCES', 'EPERM']

/** The fault of a folder in which nothing can be written. */
export function notWritable(dir: string, error: unknown): KeyFault {
  const message = `keys.dir (OSTIARY_KEYS_DIR): the keys folder ${dir} cannot be written: ${reasonOf(error)}`
  return refusals.includes(reasonOf(error))
    ? new FolderNotWritable(message, error)
    : new KeyFault(message, error)
}
