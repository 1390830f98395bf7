import { join, resolve } from 'node:path'
import type { Settings } from '../../config/schema.ts'
import { newestEvent } from '../../domain/audit/newest.ts'
import { installationId } from '../../domain/installation/installation.ts'
import type { Store } from '../../domain/store.ts'
import { isThere } from '../../files/open-file.ts'
import { codeOf } from '../../files/reason.ts'
import { folderPlace } from '../../signing/folder.ts'
import { markKeys, usedKeys } from '../../signing/mark.ts'
import { embeddedPath, isEmbedded } from '../../storage/open.ts'
import { finalName, pendingName } from '../first-start/note.ts'
import { pepperFile } from '../peppers.ts'
import { type Mark, markFile, readMark, writeMark } from './marks.ts'
import { isUnused } from './unused.ts'

/** How messages name the store: a URI may hold a password. */
export function storeName({ storage }: Settings): string {
  return isEmbedded(storage.uri)
    ? `The database ${embeddedPath(storage.uri)}`
    : 'The MongoDB database of storage.uri (OSTIARY_STORAGE_URI)'
}

/** What a first start makes before it is done: found beside an empty store, it was in use. */
async function leftovers(dir: string, mark: Mark | undefined): Promise<readonly string[]> {
  // A first start that was killed is finished, not refused.
  if (mark?.mark === undefined && mark !== undefined) return []
  if (await isThere(join(dir, pendingName))) return []
  const names = [pepperFile, finalName].map((name) => join(dir, name))
  const there = await Promise.all(names.map(isThere))
  return names.filter((_name, index) => there[index])
}

async function keysInUse({ keys }: Settings): Promise<readonly string[]> {
  return keys.store === 'folder' ? await usedKeys(folderPlace(resolve(keys.dir))) : []
}

function wayBack({ storage }: Settings): string {
  if (!isEmbedded(storage.uri)) return 'with the tools of MongoDB'
  return '`ostiary restore <backup>`; a copy of ostiary.db needs its ostiary.db-wal'
}

async function assertUnused(settings: Settings): Promise<void> {
  const dir = resolve(settings.data.dir)
  const mark = await readMark(dir)
  const marks = mark?.mark === undefined ? [] : [join(dir, markFile)]
  const found = [...marks, ...(await leftovers(dir, mark)), ...(await keysInUse(settings))]
  if (found.length === 0) return
  throw new Error(
    `${storeName(settings)} is empty, but ${found.join(', ')} ${found.length > 1 ? 'are' : 'is'} of an installation in use. Nothing was made. Put the database back (${wayBack(settings)}), or correct storage.uri; to begin anew on purpose, move these files away`,
  )
}

async function assertSame(settings: Settings, store: Store): Promise<void> {
  const dir = resolve(settings.data.dir)
  const { mark, head, hash } = (await readMark(dir)) ?? {}
  if (mark === undefined) return
  const installation = await store.get('installation', installationId)
  if (installation !== undefined && installation.mark !== mark) {
    throw new Error(
      `${storeName(settings)} and the folder ${dir} belong to two installations: correct storage.uri (OSTIARY_STORAGE_URI) or data.dir (OSTIARY_DATA_DIR); if they do belong together, remove ${join(dir, markFile)}`,
    )
  }
  if (head !== undefined && !(await isAsNew(store, head, hash))) {
    throw new Error(
      `${storeName(settings)} is older than ${join(dir, markFile)} says: it would bring back what was deleted, rotated and revoked since. Put the newest one back; to go on with this one, run \`ostiary restore\`, which ends all access tokens and lists what lives again`,
    )
  }
}

async function isAsNew(store: Store, head: number, hash: string | undefined): Promise<boolean> {
  if (head === 0) return true
  const [event] = await store.events({ after: head - 1, limit: 1 })
  return event?.seq === head && (hash === undefined || event.hash === hash)
}

/**
 * Refuses a store that is not the one that the folders were used with: an empty one, an older copy,
 * or that of another installation. What is missing is never replaced by something new.
 */
export async function assertInPlace(settings: Settings, store: Store): Promise<void> {
  if (!(await isUnused(store))) return await assertSame(settings, store)
  await assertUnused(settings)
  // From here on, what a start that is killed leaves in the folder is not taken for one in use.
  await writeMark(resolve(settings.data.dir), {})
}

const noRoom: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG']

/** Where there is no room, a mark of before stays: the log has come as far as that says, at least. */
async function markFolder(dir: string, mark: Mark): Promise<void> {
  try {
    await writeMark(dir, mark)
  } catch (error) {
    const isKept = noRoom.includes(codeOf(error)) && (await readMark(dir))?.mark === mark.mark
    if (!isKept) throw error
  }
}

/** Notes in the folders which database they are used with, and how far its log has come. */
export async function markFolders(settings: Settings, store: Store): Promise<void> {
  const installation = await store.get('installation', installationId)
  if (!installation) return
  const { mark } = installation
  const last = await newestEvent(store)
  const place = last === undefined ? {} : { head: last.seq, hash: last.hash }
  await markFolder(resolve(settings.data.dir), { mark, ...place })
  if (settings.keys.store === 'folder')
    await markKeys(folderPlace(resolve(settings.keys.dir)), mark)
}
