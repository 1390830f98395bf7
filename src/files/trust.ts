import type { Stats } from 'node:fs'
import { access, constants, type FileHandle, stat } from 'node:fs/promises'
import { openFile } from './open-file.ts'
import { codeOf } from './reason.ts'
import { textIn, valueIn } from './value.ts'

/** Whose word counts in a folder: who may own what is in it, and which groups may write there. */
export interface Trusted {
  readonly uids: readonly number[]
  readonly gids: readonly number[]
}

/** What is relied on: secrets may not be read by everyone either. */
export type Use = 'folder' | 'file' | 'secret'

/** Who owns a file, and what others may do with it. */
export type Access = Pick<Stats, 'uid' | 'gid' | 'mode'>

/** A file or folder in whose content others have a say. The message names it and the remedy. */
class Untrusted extends Error {}

const root = 0
const othersRead = 0o004
const othersWrite = 0o002
const groupWrite = 0o020
const sticky = 0o1000
/** No value, note or key that this server reads from a file is larger. */
export const largestFile = 64 * 1024

function ourselves(): Trusted | undefined {
  const uid = process.geteuid?.()
  if (uid === undefined) return undefined
  return { uids: [uid, root], gids: [process.getegid?.() ?? uid, ...(process.getgroups?.() ?? [])] }
}

/**
 * Who is trusted in a folder: the user that the process runs as, and root; groups that it is in. To
 * root, the owner of a folder that the settings name counts as the user that the server runs as.
 * Undefined where files have no owners (Windows).
 */
export function trustedIn(folder: Access, us = ourselves()): Trusted | undefined {
  if (us?.uids[0] !== root || folder.uid === root) return us
  return { uids: [...us.uids, folder.uid], gids: [...us.gids, folder.gid] }
}

const shown = (mode: number) => `mode 0${(mode & 0o7777).toString(8)}`

function ownerFault(path: string, { uid }: Access, { uids }: Trusted): string | undefined {
  if (uids.includes(uid)) return undefined
  const [own] = uids
  return `${path} belongs to the user ${uid}, and this process runs as ${own}: if what it holds is yours, chown ${own} ${path}`
}

/** Why everyone has a say in a file or folder; undefined when not everyone has. */
export function openFault(path: string, { mode }: Access, use: Use): string | undefined {
  const forbidden = use === 'secret' ? othersRead | othersWrite : othersWrite
  if ((mode & forbidden) === 0) return undefined
  const open = `${path} is open to everyone (${shown(mode)})`
  if (use === 'secret') return `${open}: chmod 600 ${path}, or in Kubernetes set defaultMode: 0440`
  if (use === 'file') return `${open}: chmod o-w ${path}`
  return `${open}: chmod o-w ${path}, or name a folder below it, which the server makes for itself`
}

function groupFault(path: string, { gid, mode }: Access, { gids }: Trusted): string | undefined {
  if ((mode & groupWrite) === 0 || gids.includes(gid)) return undefined
  return `${path} can be written by the group ${gid}, which is not one of this process (${shown(mode)}): chmod g-w ${path}`
}

/** Why others have a say in a file or folder; undefined when nobody else has. */
export function distrust(
  path: string,
  access: Access,
  { trusted, use }: { readonly trusted: Trusted | undefined; readonly use: Use },
): string | undefined {
  if (trusted === undefined) return undefined
  return (
    ownerFault(path, access, trusted) ??
    openFault(path, access, use) ??
    groupFault(path, access, trusted)
  )
}

/** Fails with Untrusted when others have a say in a file or folder. */
export function assertTrusted(
  path: string,
  access: Access,
  what: { readonly trusted: Trusted | undefined; readonly use: Use },
): void {
  const fault = distrust(path, access, what)
  if (fault !== undefined) throw new Untrusted(fault)
}

/** Kubernetes mounts a secret read-only, as a folder of root with mode 1777: nobody writes there. */
async function isMountedSecret(dir: string, { uid, mode }: Access): Promise<boolean> {
  if (uid !== root || (mode & sticky) === 0) return false
  const writable = await access(dir, constants.W_OK).then(() => undefined, codeOf)
  return writable === 'EROFS'
}

/**
 * Who is trusted in this folder. Fails with Untrusted when others can put files into it, and with
 * the error of the system when there is none.
 */
export async function trustedFolder(dir: string): Promise<Trusted | undefined> {
  const facts = await stat(dir)
  const trusted = trustedIn(facts)
  const fault = distrust(dir, facts, { trusted, use: 'folder' })
  if (fault !== undefined && !(await isMountedSecret(dir, facts))) throw new Untrusted(fault)
  return trusted
}

/** `open` and `stat` follow links: in a mounted Kubernetes secret every file is one. */
async function readSecret(handle: FileHandle, path: string, trusted: Trusted | undefined) {
  const facts = await handle.stat()
  assertTrusted(path, facts, { trusted, use: 'secret' })
  if (facts.size > largestFile) {
    throw new Untrusted(`${path} has ${facts.size} bytes, expected at most ${largestFile}`)
  }
  return valueIn(textIn(await handle.readFile(), path))
}

/**
 * What a file holds that nobody else can read or write; undefined when there is none. Fails with
 * Untrusted, which says what to do.
 */
export async function readTrusted(
  path: string,
  trusted: Trusted | undefined,
): Promise<string | undefined> {
  try {
    await using handle = await openFile(path)
    return await readSecret(handle, path, trusted)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
