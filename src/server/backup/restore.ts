import { join, resolve } from 'node:path'
import type { Settings } from '../../config/schema.ts'
import { installationId } from '../../domain/installation/installation.ts'
import { raiseEpoch } from '../../domain/installation/restore.ts'
import type { Secret } from '../../domain/secret.ts'
import { closeLists } from '../../domain/status-lists/close.ts'
import { endAllTokens } from '../../domain/tokens/end-all.ts'
import { makeFolder } from '../../files/durable.ts'
import { openSqliteReader, replaceSqlite } from '../../storage/sqlite/backup.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { markFolders } from '../installation/in-place.ts'
import { readMark, writeMark } from '../installation/marks.ts'
import { openLocally } from '../local.ts'
import { loadPeppers } from '../peppers.ts'
import { embeddedFile } from './backup.ts'
import { countLive, type LivesAgain, livesAgain } from './lives-again.ts'
import { databaseFile, type Manifest, readBackup } from './manifest.ts'
import { restoreSecrets, secretsFile } from './secrets.ts'

/** What is put back, and where. */
export interface RestoreOrder {
  readonly settings: Settings
  readonly log: Logger
  /** What `ostiary backup` made; absent: the store stays as it is, and is accepted as older. */
  readonly folder?: string | undefined
  /** Opens pepper and signing keys, where the backup has them. */
  readonly passphrase?: Secret | undefined
  /** Whether tokens that live long end, too. */
  readonly endsTokens?: boolean
}

/** What a restore came to. */
export interface Restored {
  readonly manifest?: Manifest
  /** Where the former database is kept. */
  readonly aside?: string
  /** Files with pepper and keys that were missing and are there again. */
  readonly secrets: readonly string[]
  /** What lives again; absent when there was nothing to compare with. */
  readonly again?: LivesAgain
  readonly liveAccounts: number
  readonly epoch: number
  /** How many tokens that live long were ended. */
  readonly endedTokens: number
}

/**
 * What the store that is replaced says was ended since; undefined when it cannot be read, or is itself
 * older than the folder says, such as after a restore that was killed.
 */
async function compare(
  backup: string,
  path: string,
  head: number,
): Promise<LivesAgain | undefined> {
  const newer = await openSqliteReader(path).catch(() => undefined)
  if (!newer) return undefined
  const older = await openSqliteReader(backup)
  try {
    return (await newer.head()) < head ? undefined : await livesAgain(older, newer, Date.now())
  } catch {
    // A damaged store is why many a backup is put back.
    return undefined
  } finally {
    await older.close()
    await newer.close()
  }
}

/** The names of the peppers that are there; undefined when one is missing and may be in the backup. */
async function peppersThere(settings: Settings): Promise<ReadonlySet<string> | undefined> {
  try {
    // As beside a store in use: none is made.
    const peppers = await loadPeppers(settings, { head: async () => 1 })
    return new Set(peppers.map(({ id }) => id))
  } catch {
    return undefined
  }
}

/** Refuses a backup whose secrets no pepper of ours could check, before anything is touched. */
async function assertPepperFits(settings: Settings, source: string): Promise<void> {
  const there = await peppersThere(settings)
  const older = await openSqliteReader(source)
  try {
    const { pepper } = (await older.get('installation', installationId)) ?? {}
    if (there === undefined || pepper === undefined || there.has(pepper)) return
  } finally {
    await older.close()
  }
  throw new Error(
    'the backup was made under another pepper: name that one in secret.retiredPeppers (OSTIARY_SECRET_RETIRED_PEPPERS), or move the file pepper of data.dir away where the backup has its own, and restore again',
  )
}

interface Replaced {
  readonly manifest: Manifest
  readonly again?: LivesAgain
  readonly aside?: string
  readonly secrets: readonly string[]
}

async function replace({ settings, passphrase }: RestoreOrder, folder: string): Promise<Replaced> {
  const path = embeddedFile(settings)
  const manifest = await readBackup(folder)
  const dir = resolve(settings.data.dir)
  const { mark, head = 0 } = (await readMark(dir)) ?? {}
  if (mark !== undefined && mark !== manifest.mark) {
    throw new Error(
      `${folder} is of another installation than data.dir (OSTIARY_DATA_DIR) ${dir}: name the folder that belongs to it`,
    )
  }
  const source = join(folder, databaseFile)
  await assertPepperFits(settings, source)
  const again = await compare(source, path, head)
  let secrets: readonly string[] = []
  const prepare = async () => {
    if (passphrase !== undefined && secretsFile in manifest.files) {
      secrets = await restoreSecrets(settings, join(folder, secretsFile), passphrase)
    }
    // Where this ends before the epoch is raised, the store is too old to start with.
    await makeFolder(dir)
    await writeMark(dir, { mark: manifest.mark, head: Math.max(head, manifest.head + 1) })
  }
  const suffix = `before-restore-${new Date().toISOString().replaceAll(':', '')}`
  const aside = await replaceSqlite(path, { source, suffix, prepare })
  return { manifest, secrets, ...(again && { again }), ...(aside !== undefined && { aside }) }
}

/**
 * Puts a backup in the place of the embedded store, or accepts a store that is older than its mark:
 * all access tokens end, assertions that were made before are refused, and what lives again is told.
 */
export async function restore(order: RestoreOrder): Promise<Restored> {
  const { settings, folder } = order
  const replaced = folder === undefined ? undefined : await replace(order, resolve(folder))
  const local = await openLocally(order, 'restore')
  try {
    const { mark } = (await readMark(resolve(settings.data.dir))) ?? {}
    const { epoch } = await raiseEpoch(local.ctx, mark)
    await closeLists(local.ctx)
    const endedTokens = order.endsTokens ? await endAllTokens(local.ctx) : 0
    await markFolders(settings, local.ctx.store)
    const liveAccounts = await countLive(local.ctx.store)
    return { secrets: [], ...replaced, liveAccounts, epoch, endedTokens }
  } finally {
    await local.close()
  }
}
