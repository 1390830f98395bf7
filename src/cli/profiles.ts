import { randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { assertFile } from '../files/open-file.ts'
import { readAtOnce } from '../files/open-flags.ts'
import { codeOf, reasonOf, textOf } from '../files/reason.ts'
import { textIn } from '../files/value.ts'
import { UsageError } from './failure.ts'
import type { World } from './world.ts'

/** Where a server is and who asks: what options, the environment and a profile can say. */
export const loginNames = [
  'url',
  'clientId',
  'clientSecret',
  'clientSecretFile',
  'keyFile',
  'kid',
  'clientKey',
  'clientKeyFile',
  'caFile',
  'allowHttp',
] as const

/** Where a server is and who asks. A secret or a key stands there itself, or by its file. */
export type Login = { readonly [N in (typeof loginNames)[number]]?: string | undefined }

type Environment = World['env']

/** The profile that is used when none is named. */
export const usualProfile = 'default'

/** The user's folder for profiles (XDG Base Directory); undefined for a user without a home. */
function folderIn(env: Environment): string | undefined {
  const { XDG_CONFIG_HOME: config, HOME: home, APPDATA: roaming } = env
  if (config !== undefined && config !== '') return join(config, 'ostiary', 'profiles')
  if (home !== undefined && home !== '') return join(home, '.config', 'ostiary', 'profiles')
  return roaming === undefined ? undefined : join(roaming, 'ostiary', 'profiles')
}

/** The file of a profile; undefined for a user without a home. Fails for what is no name. */
function fileOf(env: Environment, name: string): string | undefined {
  if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(name)) {
    throw new UsageError(
      `--profile: expected 1 to 64 characters of A-Z a-z 0-9 . _ -, got ${JSON.stringify(name)}`,
    )
  }
  const folder = folderIn(env)
  return folder === undefined ? undefined : join(folder, `${name}.json`)
}

const others = 0o077
const isWindows = process.platform === 'win32'

/** A secret that others can read is none, and what others can write may name their own server. */
function assertPrivate(file: string, { mode, uid }: Stats): void {
  if (isWindows) return
  const shown = `the profile ${file}`
  if (uid !== process.getuid?.()) throw new UsageError(`${shown} belongs to somebody else`)
  if ((mode & others) === 0) return
  const octal = (mode & 0o777).toString(8).padStart(4, '0')
  throw new UsageError(
    `${shown} has mode ${octal}, so that others may have read the secret: rotate it, then chmod 600 ${file}`,
  )
}

function read(file: string): string | undefined {
  let handle: number
  try {
    handle = openSync(file, readAtOnce | (isWindows ? 0 : constants.O_NOFOLLOW))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new UsageError(`the profile cannot be read: ${textOf(error)}`)
  }
  try {
    const facts = fstatSync(handle)
    assertFile('it', facts)
    assertPrivate(file, facts)
    return textIn(readFileSync(handle), 'it')
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`the profile ${file} cannot be read: ${textOf(error)}`)
  } finally {
    closeSync(handle)
  }
}

/** What a text in JSON says of a login; undefined when it is no such text. It is not quoted. */
export function parseLogin(text: string): Login | undefined {
  try {
    const found: Readonly<Record<string, unknown>> = { ...JSON.parse(text) }
    const members = loginNames.map((name) => [name, found[name]] as const)
    return Object.fromEntries(members.filter(([, value]) => typeof value === 'string'))
  } catch {
    return undefined
  }
}

/** A profile; undefined when there is none of this name. */
export function readProfile(env: Environment, name: string): Login | undefined {
  const file = fileOf(env, name)
  const text = file === undefined ? undefined : read(file)
  if (text === undefined) return undefined
  const login = parseLogin(text)
  if (login?.url !== undefined) return login
  throw new UsageError(`the profile ${file} is damaged: make it again with ostiary login`)
}

/** The names of all profiles, in their order. */
export function profileNames(env: Environment): string[] {
  try {
    const files = readdirSync(folderIn(env) ?? '')
    return files.flatMap((file) => /^([^.].*)\.json$/.exec(file)?.[1] ?? []).sort()
  } catch {
    return []
  }
}

function writeNew(file: string, text: string): void {
  const handle = openSync(file, 'wx', 0o600)
  try {
    writeFileSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Keeps a profile for its owner alone, whole or not at all; answers its file. */
export function writeProfile(env: Environment, name: string, login: Login): string {
  const file = fileOf(env, name)
  if (file === undefined) {
    throw new UsageError('there is no folder for profiles: set HOME or XDG_CONFIG_HOME')
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const temporary = join(dirname(file), `.${name}.${randomUUID()}`)
  try {
    writeNew(temporary, `${JSON.stringify(login, null, 2)}\n`)
    renameSync(temporary, file)
  } catch (error) {
    // It may hold a secret.
    rmSync(temporary, { force: true })
    throw new UsageError(`the profile ${file} cannot be written: ${reasonOf(error)}`)
  }
  return file
}

/** Removes a profile; false when there was none. */
export function removeProfile(env: Environment, name: string): boolean {
  const file = fileOf(env, name)
  if (file === undefined || !existsSync(file)) return false
  rmSync(file, { force: true })
  return true
}
