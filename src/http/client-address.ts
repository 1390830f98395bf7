import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Tells where a request comes from. */
export type ClientAddress = (request: IncomingMessage) => string

type Address = ipaddr.IPv4 | ipaddr.IPv6
type Network = readonly [address: Address, bits: number]

const mappedBits = 96

/** An address or a network such as `10.0.0.0/8`; of IPv4 also when it is written as IPv6. */
function networkOf(text: string): Network {
  const [written = '', bits] = text.split('/')
  const address = ipaddr.process(written)
  const isMapped = address.kind() !== ipaddr.parse(written).kind()
  const all = address.kind() === 'ipv4' ? 32 : 128
  return [
    address,
    bits === undefined ? all : Math.max(0, Number(bits) - (isMapped ? mappedBits : 0)),
  ]
}

function isWithin(address: Address, [network, bits]: Network): boolean {
  return address.kind() === network.kind() && address.match(network, bits)
}

/** In brackets, or of IPv4, and with a port: what some proxies write. */
const withPort = /^(?:\[(?<inner>[^\]]+)\](?::\d{1,5})?|(?<v4>[\d.]+):\d{1,5})$/

/** One address of X-Forwarded-For, in the one spelling that it is compared in. */
function readAddress(text: string): Address | undefined {
  const given = text.trim()
  const { inner, v4 } = withPort.exec(given)?.groups ?? {}
  const [address = ''] = (inner ?? v4 ?? given).split('%')
  return isIP(address) === 0 ? undefined : ipaddr.process(address)
}

/**
 * The nearest address that is no trusted proxy's: the one of the socket, or what the proxies have
 * added to X-Forwarded-For, read from its end. What comes before it is anybody's word.
 */
export function clientAddress(trustedProxies: readonly string[]): ClientAddress {
  const networks = trustedProxies.map(networkOf)
  const isProxy = (address: Address) => networks.some((network) => isWithin(address, network))
  const nearest = (near: Address, hops: readonly string[]): Address => {
    let client = near
    for (const hop of hops.toReversed()) {
      const next = isProxy(client) ? readAddress(hop) : undefined
      if (next === undefined) return client
      client = next
    }
    return client
  }
  return (request) => {
    const near = request.socket.remoteAddress ?? ''
    // Most have none, and this is on the path of every token.
    if (networks.length === 0 || isIP(near) === 0) return plain(near)
    const hops = request.headers['x-forwarded-for']
    return nearest(ipaddr.process(plain(near)), String(hops ?? '').split(',')).toString()
  }
}

/** An address of IPv4 that a socket of IPv6 tells of as itself, and none with a zone. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '').replace(/%.*$/, '')
}

const siteParts = 4

/** Whom an address stands for: of IPv6 one site has a whole /64 at the least (RFC 6177 §2). */
export function siteOf(address: string): string {
  if (isIP(address) !== 6) return address
  const known = ipaddr.process(address)
  return 'parts' in known
    ? `${known.parts
        .slice(0, siteParts)
        .map((part) => part.toString(16))
        .join(':')}::/64`
    : known.toString()
}
