import {
  constants,
  generateKeyPair,
  type KeyObject,
  type SignKeyObjectInput,
  sign,
  verify,
} from 'node:crypto'
import { promisify } from 'node:util'

const generate = promisify(generateKeyPair)
const smallestModulusBits = 2048

/** All that differs between the ways to sign (RFC 7518 §3, RFC 8037 §3.1). */
interface Scheme {
  /** Of which `asymmetricKeyType` its keys are. */
  readonly keyType: 'rsa' | 'ec' | 'ed25519'
  /** `2048 bits`, `P-256`, `Ed25519`: what an operator asks of a key. */
  readonly size: (key: KeyObject) => string
  /** Why a key of this type is not good enough. */
  readonly weakness: (key: KeyObject) => string | undefined
  readonly sign: (key: KeyObject, data: Buffer) => Promise<Buffer> | Buffer
  readonly verify: (key: KeyObject, data: Buffer, signature: Buffer) => boolean
}

const modulusBits = (key: KeyObject) => key.asymmetricKeyDetails?.modulusLength ?? 0

function rsaWeakness(key: KeyObject): string | undefined {
  const bits = modulusBits(key)
  if (bits >= smallestModulusBits) return undefined
  return `an RSA key needs at least ${smallestModulusBits} bits; this one has ${bits}`
}

/**
 * Node takes a key, or an object with a key and options in it, and tries whether the object is a key
 * before it looks inside: a tenth of what a token costs. So a key is passed alone where it can be.
 */
type Signable = (key: KeyObject) => SignKeyObjectInput | KeyObject

function rsa(signable: Signable): Scheme {
  return {
    keyType: 'rsa',
    size: (key) => `${modulusBits(key)} bits`,
    weakness: rsaWeakness,
    // The form with a callback runs in the thread pool: 0.3 ms that the event loop keeps.
    sign: (key, data) =>
      new Promise((resolve, reject) => {
        sign('sha256', data, signable(key), (error, signature) =>
          error ? reject(error) : resolve(signature),
        )
      }),
    verify: (key, data, signature) => verify('sha256', data, signable(key), signature),
  }
}

// RFC 7518 §3.4: a JWS carries R and S side by side, not the DER that TLS uses.
const joined = { dsaEncoding: 'ieee-p1363' } as const
const coordinateBytes = 32

/** DER `30 <length> 02 <length> R 02 <length> S` (RFC 3279 §2.2.3) as R and S of 32 bytes each. */
function sideBySide(der: Buffer): Buffer {
  const bytes = Buffer.alloc(2 * coordinateBytes)
  let at = 2
  for (const end of [coordinateBytes, 2 * coordinateBytes]) {
    const length = der[at + 1] ?? 0
    const start = at + 2
    at = start + length
    // A leading zero byte says no more than that the number is positive.
    const number = der.subarray(Math.max(start, at - coordinateBytes), at)
    number.copy(bytes, end - number.length)
  }
  return bytes
}

const p256: Scheme = {
  keyType: 'ec',
  size: () => 'P-256',
  weakness: (key) =>
    key.asymmetricKeyDetails?.namedCurve === 'prime256v1'
      ? undefined
      : `the curve of an EC key must be P-256; this one is of ${key.asymmetricKeyDetails?.namedCurve}`,
  // Cheaper than the way to the thread pool and back.
  sign: (key, data) => sideBySide(sign('sha256', data, key)),
  verify: (key, data, signature) => verify('sha256', data, { key, ...joined }, signature),
}

const ed25519: Scheme = {
  keyType: 'ed25519',
  size: () => 'Ed25519',
  weakness: () => undefined,
  sign: (key, data) => sign(null, data, key),
  verify: (key, data, signature) => verify(null, data, key, signature),
}

const schemes = {
  // Node's own choice for RSA is PKCS #1 v1.5 (RFC 7518 §3.3).
  RS256: rsa((key) => key),
  // RFC 7518 §3.5: the salt is as long as the digest.
  PS256: rsa((key) => ({
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  })),
  ES256: p256,
  EdDSA: ed25519,
} as const satisfies Record<string, Scheme>

/** The `alg` of a JWS header (RFC 7515 §4.1.1). */
export type JwsAlgorithm = keyof typeof schemes

/** Every `alg` that a key of ours can have. */
export const jwsAlgorithms: Readonly<Record<JwsAlgorithm, Scheme>> = schemes

/** Whether a value names an algorithm that a key of ours can have. */
export function isJwsAlgorithm(value: unknown): value is JwsAlgorithm {
  return typeof value === 'string' && Object.hasOwn(schemes, value)
}

/** The algorithms that a key of this type can sign with, the usual one first. */
export function algorithmsOf(key: KeyObject): readonly JwsAlgorithm[] {
  return Object.keys(schemes)
    .filter(isJwsAlgorithm)
    .filter((alg) => schemes[alg].keyType === key.asymmetricKeyType)
}

/** A value of the setting `signing.alg`: which keys are made from now on. */
interface KeyRecipe {
  readonly alg: JwsAlgorithm
  readonly size: string
  readonly make: () => Promise<KeyObject>
}

function rsaOf(alg: JwsAlgorithm, modulusLength: number): KeyRecipe {
  const make = async () => (await generate('rsa', { modulusLength })).privateKey
  return { alg, size: `${modulusLength} bits`, make }
}

/** What each value of the setting `signing.alg` makes. */
export const keyRecipes = {
  RS256: rsaOf('RS256', 2048),
  'RS256-3072': rsaOf('RS256', 3072),
  'RS256-4096': rsaOf('RS256', 4096),
  PS256: rsaOf('PS256', 2048),
  'PS256-3072': rsaOf('PS256', 3072),
  'PS256-4096': rsaOf('PS256', 4096),
  ES256: {
    alg: 'ES256',
    size: 'P-256',
    make: async () => (await generate('ec', { namedCurve: 'P-256' })).privateKey,
  },
  EdDSA: {
    alg: 'EdDSA',
    size: 'Ed25519',
    make: async () => (await generate('ed25519')).privateKey,
  },
} as const satisfies Record<string, KeyRecipe>

/** A value of the setting `signing.alg`. */
export type SigningAlgorithm = keyof typeof keyRecipes
