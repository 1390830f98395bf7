import { isJwsAlgorithm } from './algorithms.ts'
import { isMembers, publicKeyOf } from './jwk.ts'
import type { VerificationKeys } from './jws.ts'
import { checkStrength } from './key-file.ts'
import type { VerificationKey } from './snapshot.ts'

/** A key of a set as it verifies; undefined for what is not understood (RFC 7517 §5). */
function keyOf(jwk: unknown): readonly [string, VerificationKey] | undefined {
  if (!isMembers(jwk)) return undefined
  const { kid, alg } = jwk
  if (typeof kid !== 'string' || !isJwsAlgorithm(alg)) return undefined
  try {
    const key = publicKeyOf(jwk)
    checkStrength(key, alg, kid)
    return [kid, { alg, key }]
  } catch {
    return undefined
  }
}

/** The keys of sets that this server has published (RFC 7517 §5). Throws on what is no set. */
export function publishedKeys(sets: readonly unknown[]): VerificationKeys {
  const all = sets.flatMap((set) => {
    const keys = isMembers(set) ? set['keys'] : undefined
    if (!Array.isArray(keys)) throw new Error('expected a set of keys: {"keys": […]}')
    return keys.map(keyOf).filter((key) => key !== undefined)
  })
  const known = new Map(all)
  return { verificationKey: (kid) => known.get(kid) }
}
