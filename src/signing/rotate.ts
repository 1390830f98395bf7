import {
  type AddOptions,
  addKey,
  currentOf,
  describeWritten,
  provePassphrase,
  readPhased,
  signsAfter,
} from './add.ts'
import { keyRecipes, type SigningAlgorithm } from './algorithms.ts'
import type { KeyFile } from './key-file.ts'
import { describeKey, type ListedKey } from './list.ts'
import { isOver, type Phased } from './phases.ts'
import { writeKey } from './place.ts'

/** What it takes to rotate the keys of a folder. */
export interface RotationOptions extends AddOptions {
  /** The setting `signing.alg`: what the next key is made of. */
  readonly alg: SigningAlgorithm
}

/** What a rotation came to. */
export interface Rotation {
  /** `made` a new key, `promoted` the one that waited, or left things as a key is `waiting`. */
  readonly outcome: 'made' | 'promoted' | 'waiting'
  readonly key: ListedKey
  /** The kids whose files were removed: retired, and long over. */
  readonly pruned: readonly string[]
}

/** So that a token lifetime which was lowered by mistake can be raised again. */
const keptMs = 7 * 24 * 3600 * 1000

async function prune(
  { place, now }: RotationOptions,
  keys: readonly Phased<KeyFile>[],
): Promise<readonly string[]> {
  const over = keys.filter(({ state }) => isOver(state, now() - keptMs))
  for (const { key } of over) await place.remove(key.kid)
  return over.map(({ key }) => key.kid)
}

async function promote(
  options: RotationOptions,
  keys: readonly Phased<KeyFile>[],
  waiting: KeyFile,
): Promise<ListedKey> {
  const signsFrom = signsAfter(currentOf(keys), options.now())
  await writeKey(options, { ...waiting, signsFrom })
  return await describeWritten(options, waiting.kid)
}

async function turn(
  options: RotationOptions,
  keys: readonly Phased<KeyFile>[],
): Promise<Omit<Rotation, 'pruned'>> {
  const waiting = keys.find(({ state }) => state.phase === 'next')
  if (waiting === undefined) {
    const { alg, make } = keyRecipes[options.alg]
    return { outcome: 'made', key: await addKey(options, keys, { privateKey: await make(), alg }) }
  }
  if (options.publishSeconds > 0) {
    return { outcome: 'waiting', key: describeKey(options.place, waiting) }
  }
  return { outcome: 'promoted', key: await promote(options, keys, waiting.key) }
}

/**
 * Makes the next key, of the configured algorithm: published at once, signing after
 * `publishSeconds`. While a next key waits nothing changes, except that 0 seconds let it sign now.
 * Fails with KeyFault when the folder or a file in it is not in order.
 */
export async function rotate(options: RotationOptions): Promise<Rotation> {
  await options.place.make()
  return await options.place.holding(async () => {
    const keys = await readPhased(options)
    await provePassphrase(options, currentOf(keys))
    const turned = await turn(options, keys)
    return { ...turned, pruned: await prune(options, keys) }
  })
}
