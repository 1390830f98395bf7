import type { Middleware } from 'koa'
import type { ClientKey } from '../domain/client-keys.ts'
import { Problem } from '../domain/problem.ts'
import { digestWith, isMistyped, type Pepper } from '../domain/secret.ts'

export interface ClientKeyOptions {
  readonly keyByDigest: (digest: string) => ClientKey | undefined
  readonly peppers: readonly Pepper[]
  /** Values that are tolerated and open nothing. */
  readonly publicKeys: readonly string[]
  /** Whether a known key is demanded, or merely none that is wrong. */
  readonly isRequired: boolean
}

function isKnown(value: string, { keyByDigest, peppers }: ClientKeyOptions): boolean {
  if (isMistyped('clientKey', value)) return false
  return peppers.some((pepper) => {
    const key = keyByDigest(digestWith(pepper, value).value)
    return key?.active === true && key.digest.pepper === pepper.id
  })
}

/** Reads the Client-key header: which application calls. Fails with `client_key.refused`. */
export function clientKey(options: ClientKeyOptions): Middleware {
  return async function checkClientKey(ctx, next) {
    const value = ctx.get('Client-key')
    const isPublic = options.publicKeys.includes(value)
    const isGood = value === '' || isPublic ? !options.isRequired : isKnown(value, options)
    if (!isGood) {
      throw new Problem('client_key.refused', {})
    }
    await next()
  }
}
