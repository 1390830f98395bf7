import { lookup as resolveName } from 'node:dns'
import { type RequestOptions, request } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isGlobalAddress } from './global-address.ts'

/** What a call to the outside may do. */
export interface OutboundRules {
  readonly allowPrivateAddresses: boolean
  readonly timeoutSeconds: number
  readonly now: () => number
  /** Told why a key set could not be had: whoever logs in is not. */
  readonly onFailure?: (uri: string, error: unknown) => void
  /** PEM certificates to trust in place of the system's; Node reads NODE_EXTRA_CA_CERTS besides. */
  readonly ca?: string
}

const bodyLimitBytes = 64 * 1024
const quietMs = 60_000
const mostFailures = 1000

/** Resolves a name and hands on only addresses that were checked, so that no second look-up counts. */
const checkedLookup: LookupFunction = (hostname, options, callback) => {
  resolveName(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0)
    const bad = addresses.find(({ address }) => !isGlobalAddress(address))
    const [first] = addresses
    if (bad || !first) {
      return callback(new Error('the name leads to an address that is not allowed'), '', 0)
    }
    if (options.all) return callback(null, addresses)
    return callback(null, first.address, first.family)
  })
}

function assertAllowed(url: URL, rules: OutboundRules): void {
  if (url.protocol !== 'https:') throw new Error('expected https')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (!rules.allowPrivateAddresses && isIP(host) !== 0 && !isGlobalAddress(host)) {
    throw new Error('the address is not allowed')
  }
}

/** One GET without redirects; resolves with at most 64 KiB, within the bound. */
function get(url: URL, rules: OutboundRules): Promise<Response> {
  const options: RequestOptions = {
    agent: false,
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(rules.timeoutSeconds * 1000),
    ...(!rules.allowPrivateAddresses && { lookup: checkedLookup }),
    ...(rules.ca !== undefined && { ca: rules.ca }),
  }
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, (incoming) => {
      const chunks: Buffer[] = []
      let length = 0
      incoming.on('data', (chunk: Buffer) => {
        length += chunk.length
        chunks.push(chunk)
        if (length > bodyLimitBytes) incoming.destroy(new Error('the key set is too large'))
      })
      incoming.on('error', reject)
      incoming.on('end', () => {
        const status = incoming.statusCode ?? 502
        const body = Buffer.concat(chunks)
        resolve(new Response(status === 200 ? body : null, { status: status === 200 ? 200 : 502 }))
      })
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

/**
 * Fetches the key sets that clients publish (RFC 7591 jwks_uri): https only, bounded in time and
 * size, never to a private address; one that failed is left alone for a minute.
 */
export function fetchKeySets(rules: OutboundRules): typeof fetch {
  const failedUntil = new Map<string, number>()
  return async (input) => {
    const url = new URL(String(input))
    if ((failedUntil.get(url.href) ?? 0) > rules.now()) throw new Error('the fetch failed just now')
    try {
      assertAllowed(url, rules)
      const response = await get(url, rules)
      if (response.status !== 200) throw new Error('expected the status 200')
      // The core would ask again at each login for what it cannot read.
      JSON.parse(await response.clone().text())
      return response
    } catch (error) {
      if (failedUntil.size >= mostFailures) failedUntil.clear()
      failedUntil.set(url.href, rules.now() + quietMs)
      rules.onFailure?.(`${url.origin}${url.pathname}`, error)
      throw error
    }
  }
}
