import { describe, expect, test } from '@jest/globals'
import { isGlobalAddress } from '../../src/http/global-address.ts'

describe('an address is not of the open internet', () => {
  test.each([
    ['that is this machine', ['127.0.0.1', '127.255.255.254', '::1', '0.0.0.0', '::']],
    ['that is a neighbour', ['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fd00::1']],
    ['of a link or a site', ['169.254.1.1', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'feff::1']],
    ['behind a carrier', ['100.64.0.1', '100.127.255.255']],
    [
      'at which a cloud answers its machines',
      ['169.254.169.254', '168.63.129.16', '100.100.100.200', '192.0.0.192', 'fd00:ec2::254'],
    ],
    ['of many', ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1']],
    [
      'for trials and manuals',
      ['192.0.2.1', '198.18.0.1', '198.19.255.255', '198.51.100.1', '203.0.113.1', '240.0.0.1'],
    ],
    ['for trials and manuals in IPv6', ['2001:db8::1', '2001:2::1', '3fff::1', '100::1']],
    ['that is a relay of another', ['2001::1', '2002:7f00:1::', '192.88.99.1', '2001:3::1']],
    ['mapped to one that is not', ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:168.63.129.16']],
    ['that wears the older mapped forms', ['::127.0.0.1', '::7f00:1', '::ffff:0:127.0.0.1']],
    ['that NAT64 leads to one that is not', ['64:ff9b::7f00:1', '64:ff9b::169.254.169.254']],
    ['of a NAT64 of the neighbourhood', ['64:ff9b:1::1', '64:ff9b:1::93.184.216.34']],
    ['that nobody was given', ['4000::1', 'a000::1', '5f00::1']],
    ['that is none', ['', 'localhost', '1.2.3', '1.2.3.4.5', '0x7f.1', ':::', '1.1.1.1 ']],
  ])('%s', (_kind, addresses) => {
    expect(addresses.filter(isGlobalAddress)).toEqual([])
  })
})

test('an address of the open internet is one, also mapped or by NAT64', () => {
  const addresses = [
    ...['93.184.216.34', '1.1.1.1', '168.63.129.15', '172.32.0.1', '100.128.0.1', '192.0.1.1'],
    ...['2606:4700::1111', '2a00:1450:4001::1', '::ffff:1.1.1.1', '64:ff9b::1.1.1.1'],
  ]
  expect(addresses.filter((address) => !isGlobalAddress(address))).toEqual([])
})
