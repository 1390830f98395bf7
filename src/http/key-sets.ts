import { get, type OutboundRules } from './outbound.ts'

/** How key sets are fetched. */
export interface KeySetRules extends OutboundRules {
  readonly now: () => number
  /** Told why a key set could not be had: whoever logs in is not. */
  readonly onFailure?: (uri: string, error: unknown) => void
}

const quietMs = 60_000
const mostFailures = 1000

/**
 * Fetches the key sets that clients publish (RFC 7591 jwks_uri): https only, bounded in time and
 * size, never to a private address; one that failed is left alone for a minute.
 */
export function fetchKeySets(rules: KeySetRules): typeof fetch {
  const failedUntil = new Map<string, number>()
  return async (input) => {
    const url = new URL(String(input))
    if ((failedUntil.get(url.href) ?? 0) > rules.now()) throw new Error('the fetch failed just now')
    try {
      const { body } = await get(url, rules)
      // The core would ask again at each login for what it cannot read.
      JSON.parse(body.toString())
      return new Response(new Uint8Array(body), { status: 200 })
    } catch (error) {
      if (failedUntil.size >= mostFailures) failedUntil.clear()
      failedUntil.set(url.href, rules.now() + quietMs)
      rules.onFailure?.(`${url.origin}${url.pathname}`, error)
      throw error
    }
  }
}
