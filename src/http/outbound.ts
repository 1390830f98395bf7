import { lookup as resolveName } from 'node:dns'
import { type IncomingHttpHeaders, type IncomingMessage, request as requestPlain } from 'node:http'
import { type RequestOptions, request } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isLoopback } from '../domain/loopback.ts'
import { isGlobalAddress } from './global-address.ts'

/** What a call to the outside may do. */
export interface OutboundRules {
  readonly allowPrivateAddresses: boolean
  /** Whether http is spoken too, and then with this machine alone. */
  readonly allowPlainLoopback?: boolean
  /** Of the whole call, from the look-up of the name to the last byte. */
  readonly timeoutSeconds: number
  /** PEM certificates to trust in place of the system's; Node reads NODE_EXTRA_CA_CERTS besides. */
  readonly ca?: string
}

/** What was answered with the status 200. */
export interface Fetched {
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

const bodyLimitBytes = 64 * 1024
const headerLimitBytes = 16 * 1024
const mostInterim = 10
const mostTold = 3

/** Resolves a name and hands on only addresses that were checked, so that no second look-up counts. */
function lookupOf(isAllowed: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0)
      const bad = addresses.find(({ address }) => !isAllowed(address))
      const [first] = addresses
      if (bad || !first) {
        return callback(new Error('the name leads to an address that is not allowed'), '', 0)
      }
      if (options.all) return callback(null, addresses)
      return callback(null, first.address, first.family)
    })
  }
}

const lookups = { global: lookupOf(isGlobalAddress), loopback: lookupOf(isLoopback) } as const
const isPlain = ({ protocol }: URL) => protocol === 'http:'

function assertAllowed(url: URL, rules: OutboundRules): void {
  if (isPlain(url) && rules.allowPlainLoopback && isLoopback(url.hostname)) return
  if (url.protocol !== 'https:') throw new Error('expected https')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (!rules.allowPrivateAddresses && isIP(host) !== 0 && !isGlobalAddress(host)) {
    throw new Error('the address is not allowed')
  }
}

/** Which addresses a name may lead to; undefined: any. */
function lookupFor(url: URL, { allowPrivateAddresses }: OutboundRules) {
  if (isPlain(url)) return lookups.loopback
  return allowPrivateAddresses ? undefined : lookups.global
}

function optionsOf(url: URL, rules: OutboundRules): RequestOptions {
  const lookup = lookupFor(url, rules)
  return {
    agent: false,
    maxHeaderSize: headerLimitBytes,
    // A body that is packed could be of any size once it is unpacked.
    headers: { accept: 'application/json', 'accept-encoding': 'identity' },
    ...(lookup && { lookup }),
    ...(rules.ca !== undefined && { ca: rules.ca }),
  }
}

/** What is wrong with an answer before its body is read. */
function headFault({ statusCode = 0, headers }: IncomingMessage): string | undefined {
  const isMoved = statusCode >= 300 && statusCode < 400
  if (isMoved) return `expected the status 200, got ${statusCode}; redirects are not followed`
  if (statusCode !== 200) return `expected the status 200, got ${statusCode}`
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (coding !== 'identity' && coding !== '') {
    return `Content-Encoding: expected none, got ${JSON.stringify(coding.slice(0, 40))}`
  }
  const isLarge = Number(headers['content-length'] ?? 0) > bodyLimitBytes
  return isLarge ? `the body is larger than ${bodyLimitBytes} bytes` : undefined
}

/** Node tells of several addresses that failed in an error without words. */
function withWords(cause: unknown): unknown {
  if (!(cause instanceof AggregateError)) return cause
  return new Error(cause.errors.slice(0, mostTold).map(String).join('; '), { cause })
}

interface Settle {
  readonly done: (fetched: Fetched) => void
  readonly fail: (cause: unknown) => void
}

function readBody(incoming: IncomingMessage, { done, fail }: Settle): void {
  const fault = headFault(incoming)
  if (fault !== undefined) fail(new Error(fault))
  const chunks: Buffer[] = []
  let length = 0
  incoming.on('data', (chunk: Buffer) => {
    length += chunk.length
    chunks.push(chunk)
    if (length > bodyLimitBytes) fail(new Error(`the body is larger than ${bodyLimitBytes} bytes`))
  })
  incoming.on('error', fail)
  incoming.on('end', () => done({ headers: incoming.headers, body: Buffer.concat(chunks) }))
}

/**
 * One GET over https (or http, with this machine where that is allowed), without redirects: it settles on every ending, and before its time is over,
 * with what was answered (at most 64 KiB) or with why nothing was. The one timer is around all of it.
 */
export function get(url: URL, rules: OutboundRules): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    assertAllowed(url, rules)
    const { timeoutSeconds } = rules
    let interim = 0
    const ask = isPlain(url) ? requestPlain : request
    const outgoing = ask(url, optionsOf(url, rules), (incoming) => readBody(incoming, settle))
    // Whatever comes after the first end changes nothing, and the connection goes with it.
    const end = () => {
      clearTimeout(timer)
      outgoing.destroy()
    }
    const settle: Settle = {
      done: (fetched) => {
        resolve(fetched)
        end()
      },
      fail: (cause) => {
        reject(withWords(cause))
        end()
      },
    }
    const tooLate = () => settle.fail(new Error(`it took more than ${timeoutSeconds} s`))
    const timer = setTimeout(tooLate, timeoutSeconds * 1000)
    outgoing.on('information', () => {
      interim += 1
      if (interim > mostInterim) settle.fail(new Error(`more than ${mostInterim} interim answers`))
    })
    // RFC 9110 §15.2.2: we asked for no other protocol; Node would end such a request silently.
    outgoing.on('upgrade', () => settle.fail(new Error('expected the status 200, got 101')))
    outgoing.on('error', settle.fail)
    outgoing.on('close', () =>
      settle.fail(new Error('the connection closed before the answer was whole')),
    )
    outgoing.end()
  })
}
