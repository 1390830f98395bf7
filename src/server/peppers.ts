import { join, resolve } from 'node:path'
import type { Settings } from '../config/schema.ts'
import { newPepperKey, type Pepper, pepperOf, Secret } from '../domain/secret.ts'
import type { Store } from '../domain/store.ts'
import { createFile, makeFolder } from '../files/durable.ts'
import { codeOf, textOf } from '../files/reason.ts'
import { readTrusted, trustedFolder } from '../files/trust.ts'
import { isEmbedded } from '../storage/open.ts'

/** The current pepper first, then the retired ones. */
export type Peppers = readonly [Pepper, ...Pepper[]]

/** The file of the data folder with the pepper of an embedded store. */
export const pepperFile = 'pepper'
const shortestPepper = 32

/** The pepper of the data folder; undefined when it has none. Fails when others can read or write it. */
export async function readPepper(dir: string): Promise<Secret | undefined> {
  const file = join(dir, pepperFile)
  // Blanks at its ends never counted, and a pepper must stay what it was.
  const text = (await readTrusted(file, await trustedFolder(dir)))?.trim()
  if (text === undefined || text.length >= shortestPepper)
    return text === undefined ? text : new Secret(text)
  throw new Error(
    `${file} has ${text.length} characters, expected at least ${shortestPepper}: restore it from a backup`,
  )
}

/** Made once. Without it no secret of a store in use can be checked: a lost one is never replaced. */
async function madePepper(dir: string, isInUse: boolean): Promise<Secret> {
  await makeFolder(dir)
  const found = await readPepper(dir)
  if (found) return found
  if (isInUse) {
    throw new Error(
      `${join(dir, pepperFile)} is missing, and the database is in use: restore it from a backup, or set secret.pepper (OSTIARY_SECRET_PEPPER)`,
    )
  }
  await createFile(dir, pepperFile, `${newPepperKey().reveal()}\n`)
  return await madePepper(dir, true)
}

async function pepperIn(dir: string, isInUse: boolean): Promise<Secret> {
  try {
    return await madePepper(dir, isInUse)
  } catch (error) {
    if (codeOf(error) === undefined) throw error
    const message = `data.dir (OSTIARY_DATA_DIR): the folder ${dir} cannot be used: ${textOf(error)}`
    throw new Error(message, { cause: error })
  }
}

/** The peppers of the settings; an embedded store without one has its own in the data folder. */
export async function loadPeppers(
  { secret, data, storage }: Settings,
  store: Pick<Store, 'head'>,
): Promise<Peppers> {
  const isOwn = secret.pepper === '' && isEmbedded(storage.uri)
  const current = isOwn
    ? await pepperIn(resolve(data.dir), (await store.head()) > 0)
    : new Secret(secret.pepper)
  const retired = secret.retiredPeppers.map((value) => pepperOf(new Secret(value)))
  return [pepperOf(current), ...retired]
}
