import { isIP } from 'node:net'
import { isLoopbackHost } from './loopback.ts'
import { personIssuerFaults } from './person-issuers.ts'
import type { Settings } from './schema.ts'

/** Segments that no reader of paths takes for anything else. */
const issuerPath = /^(\/[A-Za-z0-9][A-Za-z0-9._~-]*)+$/

function issuerFaults({ issuer, http }: Settings): string[] {
  const name = 'issuer (OSTIARY_ISSUER)'
  if (issuer === '') {
    if (isLoopbackHost(http.host)) return []
    return [`${name}: must be set when http.host is not a loopback address, as it is ${http.host}`]
  }
  const url = URL.parse(issuer)
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    return [`${name}: got ${JSON.stringify(issuer)}, expected an https URL`]
  }
  if (`${url.origin}${issuerPath.exec(url.pathname)?.[0] ?? ''}` !== issuer) {
    return [
      `${name}: got ${JSON.stringify(issuer)}, expected scheme, host, port and at most a path without a slash at its end, such as ${url.origin}`,
    ]
  }
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname) && !http.allowInsecureIssuer) {
    return [
      `${name}: got ${JSON.stringify(issuer)}, but plain http is only for loopback addresses; ` +
        'use https, or set http.allowInsecureIssuer (OSTIARY_HTTP_ALLOW_INSECURE_ISSUER) to true',
    ]
  }
  return []
}

function keyFaults({ keys }: Settings): string[] {
  if (keys.store === 'folder' || keys.passphrase !== '') return []
  return [
    'keys.passphrase (OSTIARY_KEYS_PASSPHRASE or OSTIARY_KEYS_PASSPHRASE_FILE): must be set when ' +
      'keys.store is database, to the same value for every process: keys are never kept there in clear',
  ]
}

function secretFaults({ secret, storage }: Settings): string[] {
  const name = 'secret.pepper (OSTIARY_SECRET_PEPPER)'
  const isMongo = storage.uri.startsWith('mongodb')
  if (secret.pepper === '' && isMongo) {
    return [
      `${name}: must be set when storage.uri names MongoDB, to the same value for every process; ` +
        'make one with: openssl rand -hex 32',
    ]
  }
  if (secret.pepper !== '' && secret.pepper.length < 32) {
    const from = secret.pepperFile === '' ? '' : `, in the file ${secret.pepperFile}`
    return [`${name}: got ${secret.pepper.length} characters${from}, expected at least 32`]
  }
  return []
}

/** What other programs write there, and what would become of it here. */
const oddFiles: readonly (readonly [RegExp, string])[] = [
  [/:memory:/, 'nothing is kept in memory alone'],
  [/^sqlite:\/\//, 'two slashes would begin a path at the root of the disk'],
  [/^sqlite:file:/, 'file: would be a part of the name'],
  [/[?#]/, 'there are no options; ? and # would be a part of the name'],
  [/^sqlite:~/, '~ would be the name of a folder'],
  [/^sqlite:\s|\s$/, 'the blank would be a part of the name'],
  [/\/$/, 'a file is expected, not a folder'],
]

function storeFaults({ storage: { uri } }: Settings): string[] {
  if (!uri.startsWith('sqlite:')) return []
  const why = oddFiles.find(([form]) => form.test(uri))?.[1]
  if (why === undefined) return []
  const right =
    'write the path alone, as sqlite:data/ostiary.db or sqlite:/var/lib/ostiary/ostiary.db'
  return [`storage.uri (OSTIARY_STORAGE_URI): ${right}: ${why}`]
}

function bindFaults({ http }: Settings): string[] {
  const isName = isIP(http.host) !== 0 || /^[A-Za-z0-9.-]+$/.test(http.host)
  return isName
    ? []
    : [`http.host (OSTIARY_HTTP_HOST): got ${JSON.stringify(http.host)}, expected an address`]
}

/** RFC 9068 §3 and RFC 9700 §2.3: a token is for somebody, not for everybody. */
function audienceFaults({ oauth }: Settings): string[] {
  const name = 'oauth.defaultResource (OSTIARY_OAUTH_DEFAULT_RESOURCE)'
  return oauth.defaultResource === '*' ? [`${name}: got "*", expected one audience`] : []
}

function registerFaults({ register: { enabled, companyId } }: Settings): string[] {
  if (!enabled || companyId !== '') return []
  const name = 'register.companyId (OSTIARY_REGISTER_COMPANY_ID)'
  return [`${name}: must be set when register.enabled is true, to the id of a company`]
}

function isNetwork(text: string): boolean {
  const [address = '', bits = '0'] = text.split('/')
  return isIP(address) !== 0 && Number(bits) <= (isIP(address) === 6 ? 128 : 32)
}

function proxyFaults({ http }: Settings): string[] {
  const name = 'http.trustedProxies (OSTIARY_HTTP_TRUSTED_PROXIES)'
  return http.trustedProxies
    .filter((text) => !isNetwork(text))
    .map((text) => `${name}: got ${JSON.stringify(text)}, expected an address or 10.0.0.0/8`)
}

/** What values that are good one by one must satisfy together; each names its faults. */
export const rules = [
  storeFaults,
  issuerFaults,
  secretFaults,
  keyFaults,
  bindFaults,
  proxyFaults,
  audienceFaults,
  registerFaults,
  personIssuerFaults,
]
