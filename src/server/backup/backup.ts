import { randomUUID } from 'node:crypto'
import { mkdir, readdir, realpath, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Settings } from '../../config/schema.ts'
import { newestEvent } from '../../domain/audit/newest.ts'
import { installationId } from '../../domain/installation/installation.ts'
import type { Secret } from '../../domain/secret.ts'
import { syncFile, syncFolder } from '../../files/durable.ts'
import { codeOf, reasonOf } from '../../files/reason.ts'
import { embeddedPath, isEmbedded } from '../../storage/open.ts'
import { copySqlite, openSqliteReader } from '../../storage/sqlite/backup.ts'
import { databaseFile, digestOf, type Manifest, manifestFile } from './manifest.ts'
import { sealSecrets, secretsFile } from './secrets.ts'

/** What is backed up, and where to. */
export interface BackupOrder {
  readonly settings: Settings
  /** A folder that is not there yet, or is empty. */
  readonly folder: string
  readonly release: string
  /** Encrypts pepper and signing keys, which are left out without it. */
  readonly passphrase?: Secret | undefined
}

/** The file of the embedded store; others have their own tools. */
export function embeddedFile({ storage }: Settings): string {
  if (isEmbedded(storage.uri)) return embeddedPath(storage.uri)
  throw new Error(
    'storage.uri (OSTIARY_STORAGE_URI) names MongoDB: back it up and put it back with its own tools (mongodump, mongorestore), then run `ostiary restore` without a folder',
  )
}

/** Where a link leads, if it leads to a folder. */
async function landingOf(folder: string): Promise<string> {
  return await realpath(folder).catch(() => folder)
}

async function assertRoom(folder: string): Promise<void> {
  const there = await readdir(folder).catch((error) => {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  })
  if (there.length > 0) throw new Error(`${folder} is not empty: name a folder that is not there`)
}

async function describe(order: BackupOrder, work: string): Promise<Manifest> {
  const database = await openSqliteReader(join(work, databaseFile))
  try {
    const installation = await database.get('installation', installationId)
    const last = await newestEvent(database)
    if (!installation || !last) throw new Error('the database is empty: there is nothing to keep')
    const names = [databaseFile, ...(order.passphrase ? [secretsFile] : [])]
    const digests = names.map(async (name) => [name, await digestOf(join(work, name))] as const)
    return {
      format: 1,
      madeAt: new Date().toISOString(),
      release: order.release,
      issuer: order.settings.issuer,
      mark: installation.mark,
      epoch: installation.epoch,
      head: last.seq,
      hash: last.hash,
      files: Object.fromEntries(await Promise.all(digests)),
    }
  } finally {
    await database.close()
  }
}

async function writePrivate(file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: 0o600, flag: 'wx' })
  await syncFile(file)
}

async function fill(order: BackupOrder, work: string): Promise<Manifest> {
  await copySqlite(embeddedFile(order.settings), join(work, databaseFile))
  if (order.passphrase) {
    await writePrivate(join(work, secretsFile), await sealSecrets(order.settings, order.passphrase))
  }
  const manifest = await describe(order, work)
  await writePrivate(join(work, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`)
  await syncFolder(work)
  return manifest
}

/**
 * Makes a backup of the embedded store, beside a running server: whole under its name, or not there.
 * Pepper and signing keys are in it only with a passphrase.
 */
export async function backUp(order: BackupOrder): Promise<Manifest> {
  const folder = await landingOf(resolve(order.folder))
  embeddedFile(order.settings)
  await assertRoom(folder)
  const work = `${folder}.partial-${randomUUID()}`
  await mkdir(work, { recursive: true, mode: 0o700 })
  try {
    const manifest = await fill(order, work)
    await rmdir(folder).catch(() => undefined)
    await rename(work, folder).catch((error) => {
      // Nothing can take the place of a mounted folder.
      const advice = 'name a folder that is not there, such as one below it'
      throw new Error(`${folder} cannot be replaced (${reasonOf(error)}): ${advice}`, {
        cause: error,
      })
    })
    await syncFolder(dirname(folder))
    return manifest
  } catch (error) {
    await rm(work, { recursive: true, force: true })
    throw error
  }
}
