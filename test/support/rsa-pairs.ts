import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto'

declare global {
  /** Modules of the tests are a suite's own, what is global is the worker's. */
  var rsaPairs: Map<string, KeyPairKeyObjectResult> | undefined
}
globalThis.rsaPairs ??= new Map()
const pairs = globalThis.rsaPairs

/** A pair that is shared, by its name, by the suites of one process: to find one takes longer than most tests. */
export function rsaPair(name: string, modulusLength = 2048): KeyPairKeyObjectResult {
  const known = `${name} of ${modulusLength} bits`
  const pair = pairs.get(known) ?? generateKeyPairSync('rsa', { modulusLength })
  pairs.set(known, pair)
  return pair
}
