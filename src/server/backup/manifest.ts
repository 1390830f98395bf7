import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { openFile, readText } from '../../files/open-file.ts'
import { codeOf } from '../../files/reason.ts'

/** The name of the database in a backup. */
export const databaseFile = 'ostiary.db'

/** The name of the file that tells what is in a backup. */
export const manifestFile = 'manifest.json'

/** What is in a backup, and of which installation and moment it is. */
export interface Manifest {
  /** Of this file. */
  readonly format: 1
  readonly madeAt: string
  /** The release that made it. */
  readonly release: string
  /** As the settings name it; empty: by address and port. */
  readonly issuer: string
  readonly mark: string
  readonly epoch: number
  /** How far the log had come, and the hash of its last entry. */
  readonly head: number
  readonly hash: string
  /** SHA-256 of each file, in hex. */
  readonly files: Readonly<Record<string, string>>
}

/** SHA-256 of a file in hex. */
export async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  await using handle = await openFile(file)
  for await (const chunk of handle.createReadStream({ autoClose: false })) hash.update(chunk)
  return hash.digest('hex')
}

function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...Object(JSON.parse(text)) }
  } catch {
    return {}
  }
}

function parse(text: string, file: string): Manifest {
  const found = membersOf(text)
  const { format, epoch, head } = found
  const member = (name: string): string => {
    const value = found[name]
    if (typeof value === 'string') return value
    throw new Error(`${file}: ${name} is missing; this is no backup of Ostiary`)
  }
  if (format !== 1) throw new Error(`${file}: format ${format} is not known; this reads format 1`)
  const files = Object.entries<unknown>({ ...Object(found['files']) })
  return {
    format,
    madeAt: member('madeAt'),
    release: member('release'),
    issuer: member('issuer'),
    mark: member('mark'),
    epoch: Number(epoch),
    head: Number(head),
    hash: member('hash'),
    files: Object.fromEntries(files.map(([name, digest]) => [name, String(digest)])),
  }
}

async function readManifest(folder: string): Promise<Manifest> {
  const file = join(folder, manifestFile)
  try {
    return parse(await readText(file), file)
  } catch (cause) {
    const code = codeOf(cause)
    if (code === undefined) throw cause
    const question = `is ${folder} a folder that ostiary backup made?`
    throw new Error(`${file} cannot be read (${code}): ${question}`, { cause })
  }
}

/** Reads a backup's manifest, and compares each file with it. Fails by name of the file at fault. */
export async function readBackup(folder: string): Promise<Manifest> {
  const manifest = await readManifest(folder)
  if (!(databaseFile in manifest.files)) {
    throw new Error(
      `${join(folder, manifestFile)} names no ${databaseFile}: this is no whole backup`,
    )
  }
  for (const [name, digest] of Object.entries(manifest.files)) {
    const path = join(folder, name)
    const found = await digestOf(path).catch(() => 'missing')
    if (found !== digest) throw new Error(`${path} is damaged or missing: its SHA-256 is another`)
  }
  return manifest
}
