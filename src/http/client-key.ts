import type { Middleware } from 'koa'
import type { ClientKey } from '../domain/client-keys.ts'
import { Problem } from '../domain/problem.ts'
import { digestWith, isMistyped, type Pepper } from '../domain/secret.ts'

/** How client keys are known. */
export interface ClientKeyOptions {
  readonly keyByDigest: (digest: string) => ClientKey | undefined
  readonly peppers: readonly Pepper[]
  /** Learns what other processes know. */
  readonly refresh: () => Promise<void>
  /** Values that are tolerated and open nothing. */
  readonly publicKeys: readonly string[]
  /** Whether a known key is demanded, or merely none that is wrong. */
  readonly isRequired: boolean
}

function isKnownHere(value: string, { keyByDigest, peppers }: ClientKeyOptions): boolean {
  return peppers.some((pepper) => {
    const key = keyByDigest(digestWith(pepper, value).value)
    return key?.active === true && key.digest.pepper === pepper.id
  })
}

/** Nothing is refused on old knowledge: another process may just have made the key. */
async function isKnown(value: string, options: ClientKeyOptions): Promise<boolean> {
  if (isMistyped('clientKey', value)) return false
  if (isKnownHere(value, options)) return true
  await options.refresh().catch(() => undefined)
  return isKnownHere(value, options)
}

/** Reads the Client-key header: which application calls. Fails with `client_key.refused`. */
export function clientKey(options: ClientKeyOptions): Middleware {
  return async function checkClientKey(ctx, next) {
    const value = ctx.get('Client-key')
    const isPublic = options.publicKeys.includes(value)
    const isGood = value === '' || isPublic ? !options.isRequired : await isKnown(value, options)
    if (!isGood) {
      throw new Problem('client_key.refused', {})
    }
    await next()
  }
}
