import { createPublicKey, type KeyObject } from 'node:crypto'
import { Secret } from '../domain/secret.ts'
import { isJwsAlgorithm, type JwsAlgorithm, jwsAlgorithms } from './algorithms.ts'
import { decrypt, encrypt } from './encryption.ts'
import { KeyFault } from './fault.ts'
import {
  isMembers,
  kidOf,
  type Members,
  privateJwkText,
  privateKeyOf,
  publicJwkOf,
  publicKeyOf,
  thumbprintOf,
} from './jwk.ts'

/** What one key file holds, checked. Times are milliseconds. */
export interface KeyFile {
  readonly kid: string
  readonly alg: JwsAlgorithm
  readonly publicKey: KeyObject
  readonly createdAt: number
  /** When it begins to sign; the key before it retires at that moment. */
  readonly signsFrom: number
  readonly privateHalf: PrivateHalf
  /** The random name of the installation that uses it; none yet, for a key that was just made. */
  readonly installation?: string
}

type PrivateHalf =
  | { readonly kind: 'plain'; readonly jwk: Secret }
  | { readonly kind: 'encrypted'; readonly jwe: string }

const kidForm = /^[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,127}$/
const proof = Buffer.from('ostiary')

/** JSON of a key file. Its message would quote the text, hence no cause: the text is the key. */
function parseMembers(text: string, file: string): Members {
  try {
    const value: unknown = JSON.parse(text)
    if (isMembers(value)) return value
  } catch {}
  throw new KeyFault(`${file} is no key file: it is not a JSON object. Move it out of the folder`)
}

function time(content: Members, name: string, file: string): number {
  const value = content[name]
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  if (Number.isNaN(at)) throw new KeyFault(`${file}: ${name} must be a time (ISO 8601)`)
  return at
}

function halves(content: Members, file: string): { jwk: Members; privateHalf: PrivateHalf } {
  const { key, publicKey, encryptedKey } = content
  if (isMembers(key)) {
    return {
      jwk: key,
      privateHalf: { kind: 'plain', jwk: new Secret(JSON.stringify(key)) },
    }
  }
  if (isMembers(publicKey) && typeof encryptedKey === 'string') {
    return { jwk: publicKey, privateHalf: { kind: 'encrypted', jwe: encryptedKey } }
  }
  throw new KeyFault(`${file} is no key file: expected key, or publicKey and encryptedKey`)
}

function readPublic(jwk: Members, file: string): KeyObject {
  try {
    return publicKeyOf(jwk)
  } catch {
    throw new KeyFault(`${file} does not hold a JWK of type RSA, EC or OKP`)
  }
}

/** Refuses a key that its algorithm cannot use, or that is too weak for it. */
export function checkStrength(key: KeyObject, alg: JwsAlgorithm, file: string): void {
  const { keyType, weakness } = jwsAlgorithms[alg]
  if (key.asymmetricKeyType !== keyType) {
    throw new KeyFault(`${file}: a key of type ${key.asymmetricKeyType} cannot sign with ${alg}`)
  }
  const weak = weakness(key)
  if (weak !== undefined) throw new KeyFault(`${file}: ${weak}`)
}

/** Reads the text of a key file; `file` is its path, for messages. Needs no passphrase. */
export function parseKeyFile(text: string, file: string): KeyFile {
  const content = parseMembers(text, file)
  const { jwk, privateHalf } = halves(content, file)
  const { kid, alg } = jwk
  if (typeof kid !== 'string' || !kidForm.test(kid)) {
    throw new KeyFault(`${file}: kid must be 1 to 128 characters of A-Z a-z 0-9 - . _ ~`)
  }
  if (!isJwsAlgorithm(alg)) {
    throw new KeyFault(`${file}: alg must be one of ${Object.keys(jwsAlgorithms).join(', ')}`)
  }
  const publicKey = readPublic(jwk, file)
  checkStrength(publicKey, alg, file)
  const createdAt = time(content, 'createdAt', file)
  const signsFrom = time(content, 'signsFrom', file)
  const { installation } = content
  const facts = { kid, alg, publicKey, createdAt, signsFrom, privateHalf }
  return typeof installation === 'string' ? { ...facts, installation } : facts
}

/** The text of a key file. With a passphrase the private half is encrypted, unless it already is. */
export async function formatKeyFile(key: KeyFile, passphrase: Secret | undefined): Promise<string> {
  const { privateHalf: half } = key
  const { installation } = key
  const times = {
    createdAt: new Date(key.createdAt).toISOString(),
    signsFrom: new Date(key.signsFrom).toISOString(),
    ...(installation !== undefined && { installation }),
  }
  if (half.kind === 'plain' && passphrase === undefined) {
    const jwk: unknown = JSON.parse(half.jwk.reveal())
    return `${JSON.stringify({ key: jwk, ...times }, null, 2)}\n`
  }
  const publicKey = publicJwkOf(key.publicKey, key)
  const encryptedKey = await encrypted(half, passphrase)
  return `${JSON.stringify({ publicKey, encryptedKey, ...times }, null, 2)}\n`
}

async function encrypted(half: PrivateHalf, passphrase: Secret | undefined): Promise<string> {
  if (half.kind === 'encrypted') return half.jwe
  if (passphrase === undefined) throw new Error('a key is encrypted with a passphrase only')
  return await encrypt(half.jwk, passphrase)
}

async function privateText(key: KeyFile, file: string, passphrase?: Secret): Promise<string> {
  const { privateHalf: half } = key
  if (half.kind === 'plain') return half.jwk.reveal()
  if (passphrase === undefined) {
    throw new KeyFault(
      `${file} is encrypted: set OSTIARY_KEYS_PASSPHRASE or OSTIARY_KEYS_PASSPHRASE_FILE`,
    )
  }
  try {
    return await decrypt(half.jwe, passphrase)
  } catch {
    throw new KeyFault(
      `${file} cannot be decrypted: OSTIARY_KEYS_PASSPHRASE or OSTIARY_KEYS_PASSPHRASE_FILE holds another passphrase, or the file is damaged`,
    )
  }
}

/** The private key of a file, proven to be the other half of its public one. */
export async function openPrivateKey(
  key: KeyFile,
  file: string,
  passphrase: Secret | undefined,
): Promise<KeyObject> {
  const text = await privateText(key, file, passphrase)
  try {
    const privateKey = privateKeyOf(parseMembers(text, file))
    const { sign, verify } = jwsAlgorithms[key.alg]
    if (verify(key.publicKey, proof, await sign(privateKey, proof))) return privateKey
  } catch {}
  throw new KeyFault(`${file} is damaged: its private and public halves do not belong together`)
}

/** What is said of a key when it is written. Times are milliseconds. */
export interface KeyTerms {
  readonly alg: JwsAlgorithm
  readonly createdAt: number
  readonly signsFrom: number
}

/** A key file of a private key that was just made or imported. */
export function newKeyFile(privateKey: KeyObject, terms: KeyTerms): KeyFile {
  const publicKey = createPublicKey(privateKey)
  const kid = kidOf(publicKey)
  const jwk = new Secret(privateJwkText(privateKey, { kid, alg: terms.alg }))
  return { kid, publicKey, ...terms, privateHalf: { kind: 'plain', jwk } }
}

/** What may be known of a key everywhere. */
export function seenKey({ kid, alg, createdAt, signsFrom, publicKey }: KeyFile) {
  return { kid, alg, createdAt, signsFrom, thumbprint: thumbprintOf(publicKey) }
}
