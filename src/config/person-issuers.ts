import { isLoopbackHost } from './loopback.ts'
import type { Settings } from './schema.ts'

type PersonIssuer = Settings['people']['issuers'][number]

const setting = 'people.issuers (OSTIARY_PEOPLE_ISSUERS)'

/** RFC 8414 §2: neither query nor fragment; and spelled in the one way that tokens are compared with. */
function urlFault({ issuer, allowInsecure }: PersonIssuer): string | undefined {
  const url = URL.parse(issuer)
  const isPlain = url !== null && [url.href, url.href.replace(/\/$/, '')].includes(issuer)
  const isBare = isPlain && `${url.username}${url.password}${url.search}${url.hash}` === ''
  if (!isBare || /[?#]/.test(issuer)) return 'expected an https URL such as https://people.example'
  if (url.protocol === 'https:') return undefined
  const isLocal = url.protocol === 'http:' && isLoopbackHost(url.hostname)
  if (isLocal && allowInsecure) return undefined
  return 'expected https; http is for loopback addresses only, and then with allowInsecure: true'
}

/** Where this server listens when it is not said what it is called. */
function ownIssuer({ issuer, http: { host, port } }: Settings): string {
  if (issuer !== '') return issuer
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** The first that has the same as one before it. */
function twice(values: readonly string[]): string | undefined {
  return values.find((value, place) => values.indexOf(value) !== place)
}

/** What is wrong with the issuers of people that the settings name. */
export function personIssuerFaults(given: Settings): string[] {
  const { issuers } = given.people
  const faults = issuers.flatMap((each, place) => {
    const fault =
      each.issuer === ownIssuer(given) ? 'expected another server than this one' : urlFault(each)
    const got = JSON.stringify(each.issuer)
    return fault === undefined ? [] : [`${setting}: ${place}.issuer: got ${got}, ${fault}`]
  })
  const name = twice(issuers.map((each) => each.name.normalize('NFKC').toLowerCase()))
  const issuer = twice(issuers.map((each) => each.issuer))
  const again = [name, issuer].filter((value) => value !== undefined)
  return [...faults, ...again.map((value) => `${setting}: ${JSON.stringify(value)} is there twice`)]
}
