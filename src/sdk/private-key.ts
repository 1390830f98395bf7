import { failure, type OstiaryError } from './failure.ts'
import { fromFile, membersOf, textOf } from './words.ts'

/** A JSON Web Key (RFC 7517). */
type Jwk = Readonly<Record<string, unknown>>

/** A private key that was read, but not tried yet. */
export interface PrivateKey {
  /** The algorithms that it can sign by; the first is taken where nothing else is said. */
  readonly algorithms: readonly string[]
  readonly material: { readonly pkcs8: string } | { readonly jwk: Jwk }
}

const [rsa, p256, ed25519] = [['RS256', 'PS256'], ['ES256'], ['EdDSA', 'Ed25519']]
const expected = 'expected a private key of type RSA, EC P-256 or Ed25519, as PEM or JWK'

/** A key that cannot be used; the reason of a library could quote it, so it is left out. */
export function invalidKey(why: string): OstiaryError {
  return failure('invalid_credential', `the private key cannot be used: ${why}`)
}

// ASN.1 identifiers as they stand in a key, in hexadecimal (RFC 8017 §A.1, RFC 5480 §2.1.1, RFC 8410 §3).
const rsaId = '06092a864886f70d010101'
const p256Id = '06082a8648ce3d030107'
const ecId = '06072a8648ce3d0201'
const identifiers = { [rsaId]: rsa, [p256Id]: p256, '06032b6570': ed25519 }
const pssId = '06092a864886f70d01010a'

const bytesOf = (hex: string) =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const hexOf = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

function lengthOf(size: number): string {
  const digits = size.toString(16)
  const even = digits.length % 2 === 0 ? digits : `0${digits}`
  return size < 128 ? even : `${(0x80 + even.length / 2).toString(16)}${even}`
}

/** One value of DER (X.690 §8.1), in hexadecimal. */
const der = (tag: string, content: string) => `${tag}${lengthOf(content.length / 2)}${content}`

/** Puts the key of one algorithm into the frame that holds any (RFC 5958 §2). */
function framed(algorithm: string, key: string): string {
  return der('30', `020100${der('30', algorithm)}${der('04', key)}`)
}

const frames: Readonly<Record<string, (key: string) => string>> = {
  'PRIVATE KEY': (key) => key,
  'RSA PRIVATE KEY': (key) => framed(`${rsaId}0500`, key),
  'EC PRIVATE KEY': (key) => {
    if (key.includes(p256Id)) return framed(ecId + p256Id, key)
    throw invalidKey(`its curve is not P-256; ${expected}`)
  },
}

const wrongKinds: Readonly<Record<string, string>> = {
  'ENCRYPTED PRIVATE KEY': 'it is encrypted; `openssl pkey -in <file>` decrypts it',
  'OPENSSH PRIVATE KEY':
    'it has the form of OpenSSH; `ssh-keygen -p -m PEM -f <file>` changes an RSA or EC key',
  'PUBLIC KEY': 'it is the public half; the private half is needed',
  'RSA PUBLIC KEY': 'it is the public half; the private half is needed',
  CERTIFICATE: 'it is a certificate; the private key is needed',
}

function algorithmsOf(pkcs8: string): readonly string[] {
  // The identifier of the algorithm stands at the beginning; what follows could be like it by chance.
  const beginning = pkcs8.slice(0, 80)
  const found = Object.entries(identifiers).find(([id]) => beginning.includes(id))
  if (found?.[1] !== undefined) return found[1]
  if (!beginning.includes(pssId)) throw invalidKey(expected)
  throw invalidKey('it is bound to RSASSA-PSS; PS256 wants a plain RSA key')
}

function decoded(body: string): string {
  try {
    const text = atob(body.replace(/\s/g, ''))
    return hexOf(Uint8Array.from(text, (character) => character.charCodeAt(0)))
  } catch {
    throw invalidKey('between its lines BEGIN and END is no base64')
  }
}

const block = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]+?)-----END \1-----/g

const anyHeading = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/g

/** Of several, nobody could tell which is meant. */
function assertOne(pem: string): void {
  const { length } = pem.match(anyHeading) ?? []
  if (length > 1) throw invalidKey(`there are ${length} private keys in it; one of them is needed`)
}

/** PEM of any kind; what stands beside the private key (the parameters of a curve) is passed over. */
function readPem(pem: string): PrivateKey {
  assertOne(pem)
  // One line, as variables of the environment have it.
  const blocks = [...pem.replaceAll('\\n', '\n').matchAll(block)]
  const found = blocks.find(([, label = '']) => label in frames)
  const [, label = '', body = ''] = found ?? blocks.at(0) ?? []
  if (body.includes('ENCRYPTED')) throw invalidKey(String(wrongKinds['ENCRYPTED PRIVATE KEY']))
  const frame = frames[label]
  if (frame === undefined) throw invalidKey(wrongKinds[label] ?? expected)
  const hex = frame(decoded(body))
  const algorithms = algorithmsOf(hex)
  const base64 = btoa(String.fromCharCode(...bytesOf(hex)))
  const pkcs8 = `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----`
  return { algorithms, material: { pkcs8 } }
}

const jwkAlgorithms: Readonly<Record<string, readonly string[] | undefined>> = {
  RSA: rsa,
  'EC P-256': p256,
  'OKP Ed25519': ed25519,
}

function readJwk(jwk: Jwk): PrivateKey {
  if (Array.isArray(jwk['keys'])) throw invalidKey('it is a set of keys; one key of it is needed')
  const kind = [jwk['kty'], jwk['crv']].filter((member) => member !== undefined).join(' ')
  const algorithms = jwkAlgorithms[kind]
  if (algorithms === undefined) throw invalidKey(expected)
  if (textOf(jwk['d']) === undefined) {
    throw invalidKey('it has no d: it is the public half; the private half is needed')
  }
  return { algorithms, material: { jwk } }
}

function parsedJwk(text: string): Jwk {
  try {
    return membersOf(JSON.parse(text))
  } catch {
    throw invalidKey('it begins like JSON, and is none')
  }
}

/** Reads a private key: PEM (PKCS#8, PKCS#1, SEC1), or a JWK. Fails with `invalid_credential`. */
export function readPrivateKey(given: string | object): PrivateKey {
  if (typeof given !== 'string') return readJwk(membersOf(given))
  const text = fromFile(given).trim()
  return text.startsWith('{') ? readJwk(parsedJwk(text)) : readPem(text)
}
