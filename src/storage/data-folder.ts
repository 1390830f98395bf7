import { chmod, link, mkdir, open, readFile, rename, rm, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FirstCredentials } from '../domain/bootstrap.ts'
import { newPepperKey, Secret } from '../domain/secret.ts'

function isCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code
}

async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/**
 * Writes a file whole or not at all, and only if there is none: of several processes one wins, and
 * a crash leaves nothing half-written under the name.
 */
async function createFile(dir: string, name: string, content: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const temporary = join(dir, `.${name}.${process.pid}.${Date.now()}`)
  const file = await open(temporary, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    await link(temporary, join(dir, name))
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  } finally {
    await unlink(temporary)
  }
  await syncFolder(dir)
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}

const shortestPepper = 32
const everyone = 0o006

async function readPepper(file: string): Promise<Secret> {
  const { mode } = await stat(file)
  if ((mode & everyone) !== 0) throw new Error(`${file} is open to everyone: chmod 600 ${file}`)
  const text = (await readFile(file, 'utf8')).trim()
  if (text.length >= shortestPepper) return new Secret(text)
  throw new Error(
    `${file} has ${text.length} characters, expected at least ${shortestPepper}: restore it from a backup`,
  )
}

/**
 * The pepper of an embedded store: made once, kept in the data folder. Without it no secret that the
 * store `isInUse` for can be checked, so that a lost one is never replaced.
 */
export async function ensurePepper(dir: string, isInUse: boolean): Promise<Secret> {
  try {
    return await madePepper(join(dir, 'pepper'), isInUse)
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    const message = `data.dir (OSTIARY_DATA_DIR): the folder ${dir} cannot be used: ${error.message}`
    throw new Error(message, { cause: error })
  }
}

async function madePepper(file: string, isInUse: boolean): Promise<Secret> {
  if ((await readIfThere(file)) === undefined) {
    if (isInUse) {
      throw new Error(
        `${file} is missing, and the database is in use: restore it from a backup, or set secret.pepper (OSTIARY_SECRET_PEPPER)`,
      )
    }
    await createFile(dirname(file), 'pepper', `${newPepperKey().reveal()}\n`)
  }
  return await readPepper(file)
}

const pendingName = 'bootstrap.pending.json'
const finalName = 'bootstrap.json'

function parseFirst(text: string, file: string): FirstCredentials {
  const value = jsonOf(text)
  const member = (name: string): string => {
    const found: unknown =
      typeof value === 'object' && value !== null ? Reflect.get(value, name) : 0
    if (typeof found !== 'string')
      throw new Error(`${file} has no ${name}: delete it and start again`)
    return found
  }
  return {
    clientId: member('clientId'),
    clientSecret: new Secret(member('clientSecret')),
    clientKey: new Secret(member('clientKey')),
  }
}

/** Undefined when it is no JSON: the message of the parser would quote the secret. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Credentials that a first start chose and may not have finished making. */
export async function readPendingBootstrap(dir: string): Promise<FirstCredentials | undefined> {
  const file = join(dir, pendingName)
  const text = await readIfThere(file)
  return text === undefined ? undefined : parseFirst(text, file)
}

/** Notes the credentials of a first start before anything is made with them. */
export async function writePendingBootstrap(
  dir: string,
  issuer: string,
  first: FirstCredentials,
): Promise<void> {
  const { clientId, clientSecret, clientKey } = first
  const content = {
    issuer,
    clientId,
    clientSecret: clientSecret.reveal(),
    clientKey: clientKey.reveal(),
  }
  await createFile(dir, pendingName, `${JSON.stringify(content, null, 2)}\n`)
}

/** What was noted holds: it becomes `bootstrap.json`. Answers where that is. */
export async function confirmBootstrap(dir: string): Promise<string> {
  const file = join(dir, finalName)
  try {
    await rename(join(dir, pendingName), file)
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error
  }
  await chmod(file, 0o600)
  await syncFolder(dir)
  return file
}

/** Another process was first: what was noted here opens nothing. */
export async function dropPendingBootstrap(dir: string): Promise<void> {
  await rm(join(dir, pendingName), { force: true })
}
