import { jwsAlgorithms, keyRecipes, type SigningAlgorithm } from './algorithms.ts'
import { FolderNotWritable, KeysBusy } from './fault.ts'
import { type KeyFile, newKeyFile, openPrivateKey } from './key-file.ts'
import { phasesOf } from './phases.ts'
import { type KeyHome, readKeys, writeKey } from './place.ts'

/** What it takes to see to it that a folder has a key. */
export interface KeyOptions extends KeyHome {
  /** The setting `signing.alg`: which keys are made from now on. */
  readonly alg: SigningAlgorithm
  /** Milliseconds. */
  readonly now: () => number
}

/** What was done to a folder, and what the log should say of it. */
export interface Ensured {
  /** Whether this call made the first key. */
  readonly made: boolean
  /** For the log: nothing that keeps the server from signing. */
  readonly warnings: readonly string[]
}

/** False when another process was first. */
async function writeFirst(home: KeyHome, key: KeyFile): Promise<boolean> {
  try {
    await writeKey(home, key)
    return true
  } catch (error) {
    if (error instanceof KeysBusy) return false
    throw error
  }
}

async function makeFirst(options: KeyOptions): Promise<boolean> {
  const { place, alg, now } = options
  return await place.holding(async () => {
    if ((await readKeys(place)).length > 0) return false
    const recipe = keyRecipes[alg]
    const privateKey = await recipe.make()
    const at = now()
    const key = newKeyFile(privateKey, { alg: recipe.alg, createdAt: at, signsFrom: at })
    return await writeFirst(options, key)
  })
}

const isPlain = (key: KeyFile) => key.privateHalf.kind === 'plain'

async function encryptPlain(options: KeyOptions): Promise<void> {
  await options.place.holding(async () => {
    for (const key of (await readKeys(options.place)).filter(isPlain)) {
      // A key that turns out to be damaged is left as it is, for its owner to look at.
      await openPrivateKey(key, options.place.whereIs(key.kid), undefined)
      await writeKey(options, key)
    }
  })
}

async function encryptAtRest(options: KeyOptions, keys: readonly KeyFile[]): Promise<string[]> {
  if (options.passphrase === undefined || !keys.some(isPlain)) return []
  try {
    await encryptPlain(options)
    return []
  } catch (error) {
    if (!(error instanceof FolderNotWritable)) throw error
    return [`${error.message}; its keys stay unencrypted although a passphrase is set`]
  }
}

function otherAlgorithm(options: KeyOptions, keys: readonly KeyFile[]): string[] {
  const clock = { now: options.now(), maxTokenLifetimeSeconds: 0 }
  const current = phasesOf(keys, clock).find(({ state }) => state.phase === 'current')?.key
  if (current === undefined) return []
  const size = jwsAlgorithms[current.alg].size(current.publicKey)
  const wanted = keyRecipes[options.alg]
  if (current.alg === wanted.alg && size === wanted.size) return []
  return [
    `${options.place.whereIs(current.kid)} (${current.alg}, ${size}) keeps signing although signing.alg is ${options.alg}: rotate the keys to make one of that algorithm`,
  ]
}

/**
 * Makes the first key of a folder that has none; it signs at once. Any number of processes may do
 * this at the same moment: one key results. With a passphrase, plain key files become encrypted.
 * Fails with KeyFault when a file of the folder is not in order.
 */
export async function ensureKey(options: KeyOptions): Promise<Ensured> {
  await options.place.make()
  const found = await readKeys(options.place)
  const made = found.length === 0 && (await makeFirst(options))
  const keys = found.length === 0 ? await readKeys(options.place) : found
  const warnings = [...(await encryptAtRest(options, keys)), ...otherAlgorithm(options, keys)]
  return { made, warnings }
}
