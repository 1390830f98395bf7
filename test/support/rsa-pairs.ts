import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto'

const place = Symbol.for('RSA pairs of the tests')
const pairs: Map<string, KeyPairKeyObjectResult> = Object(globalThis)[place] ?? new Map()
Object(globalThis)[place] = pairs

/** A pair that is shared, by its name, by the suites of one process: to find one takes longer than most tests. */
export function rsaPair(name: string, modulusLength = 2048): KeyPairKeyObjectResult {
  const known = `${name} of ${modulusLength} bits`
  const pair = pairs.get(known) ?? generateKeyPairSync('rsa', { modulusLength })
  pairs.set(known, pair)
  return pair
}
