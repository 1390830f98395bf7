import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** What IANA has given out for global unicast (RFC 4291 §2.4); whatever else looks like it is not. */
const givenOut = ipaddr.IPv6.parseCIDR('2000::/3')
/** The well-known prefix of NAT64 (RFC 6052 §2.1): the last 32 bits are the address that is called. */
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96')
/** Addresses that look global, where a cloud answers its machines: Azure's wire server. */
const cloud: ReadonlySet<string> = new Set(['168.63.129.16'])

/** The IPv4 address that is called by way of an IPv6 one, else the address itself. */
function called(address: Address): Address {
  if (address.kind() === 'ipv4' || !('parts' in address)) return address
  if (address.isIPv4MappedAddress()) return address.toIPv4Address()
  if (address.match(nat64)) return new ipaddr.IPv4(address.toByteArray().slice(-4))
  return address
}

/**
 * Whether an address is one of the open internet: global unicast, by itself or by the IPv4 address
 * within. Anything else is this machine, its neighbours, its cloud, or nobody (RFC 6890).
 */
export function isGlobalAddress(text: string): boolean {
  if (isIP(text) === 0) return false
  const address = called(ipaddr.parse(text))
  if (address.range() !== 'unicast' || cloud.has(address.toString())) return false
  return address.kind() === 'ipv4' || address.match(givenOut)
}
