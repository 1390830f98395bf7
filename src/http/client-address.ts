import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'

/** Tells where a request comes from. */
export type ClientAddress = (request: IncomingMessage) => string

const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** Reads addresses and networks such as `10.0.0.0/8`; what is neither is not among them. */
function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    if (bits === undefined) list.addAddress(address, family(address))
    else list.addSubnet(address, Number(bits), family(address))
  }
  return list
}

/**
 * The address of the socket or, when that is a trusted proxy's, the last one of X-Forwarded-For:
 * the one that the proxy itself has seen. What comes before it is anybody's word.
 */
export function clientAddress(trustedProxies: readonly string[]): ClientAddress {
  const trusted = listOf(trustedProxies)
  const isProxy = (address: string) => trusted.check(address, family(address))
  // Most have none, and this is on the path of every token.
  const hasProxies = trustedProxies.length > 0
  return (request) => {
    const near = plain(request.socket.remoteAddress ?? '')
    if (!hasProxies || near === '' || !isProxy(near)) return near
    const forwarded = request.headers['x-forwarded-for']
    const last = plain(
      String(forwarded ?? '')
        .split(',')
        .at(-1)
        ?.trim() ?? '',
    )
    return isIP(last) === 0 ? near : last
  }
}
