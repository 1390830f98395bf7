import {
  constants,
  createHmac,
  generateKeyPairSync,
  hash,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'
import { rsaPair } from '../../support/rsa-pairs.ts'
import { type Answer, type TestServer, tokenPath } from '../../support/server.ts'

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export const rsa = rsaPair('owner')
export const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
export const ed = generateKeyPairSync('ed25519')

export const jwkOf = (key: KeyObject) => key.export({ format: 'jwk' })
export const now = () => Math.floor(Date.now() / 1000)
export const newJti = () => randomBytes(12).toString('hex')

export type Sign = (data: string) => Buffer

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }

/** Signatures by hand, so that a test can also make the ones that no library makes. */
export const signers = {
  RS256: (key: KeyObject) => (data: string) => sign('sha256', Buffer.from(data), key),
  PS256: (key: KeyObject) => (data: string) => sign('sha256', Buffer.from(data), { key, ...pss }),
  ES256: (key: KeyObject) => (data: string) =>
    sign('sha256', Buffer.from(data), { key, dsaEncoding: 'ieee-p1363' }),
  EdDSA: (key: KeyObject) => (data: string) => sign(null, Buffer.from(data), key),
} as const

export const hs256 =
  (secret: string): Sign =>
  (data) =>
    createHmac('sha256', secret).update(data).digest()

const digestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex')
/** What anybody can make for an RSA key of 2048 bits with the exponent 1: the padded digest itself. */
export const forgedRs256: Sign = (data) => {
  const end = Buffer.concat([Buffer.from([0]), digestInfo, hash('sha256', data, 'buffer')])
  return Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(254 - end.length, 0xff), end])
}

export const unsigned: Sign = () => Buffer.alloc(0)

export type Members = Readonly<Record<string, unknown>>

/** A client that logs in by assertion, and how it signs. */
export interface KeyClient {
  readonly clientId: string
  readonly kid: string
  readonly alg: keyof typeof signers
  readonly sign: Sign
}

/** What a test changes of a good assertion; `undefined` leaves a member out. */
export interface Changes {
  readonly claims?: Members
  readonly header?: Members
  readonly sign?: Sign
}

export const part = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

export function jws(header: unknown, claims: unknown, signature: Sign): string {
  const data = `${part(header)}.${part(claims)}`
  return `${data}.${signature(data).toString('base64url')}`
}

/** A good assertion (RFC 7523 §3) for this server, but for the changes. */
export function assertionOf(
  client: KeyClient,
  { url }: { readonly url: string },
  changes: Changes = {},
): string {
  const { clientId, alg, kid } = client
  const times = { iat: now(), exp: now() + 60 }
  const claims = { iss: clientId, sub: clientId, aud: url, jti: newJti(), ...times }
  return jws(
    { alg, kid, ...changes.header },
    { ...claims, ...changes.claims },
    changes.sign ?? client.sign,
  )
}

export function assertionForm(assertion: string, form: Readonly<Record<string, string>> = {}) {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: assertionType,
    client_assertion: assertion,
    ...form,
  })
}

/** Logs in with an assertion, to ask for a token unless another path is given. */
export async function login(
  server: Pick<TestServer, 'call'>,
  assertion: string,
  form: Readonly<Record<string, string>> = {},
  path: string = tokenPath,
): Promise<Answer> {
  return await server.call(path, { method: 'POST', body: assertionForm(assertion, form) })
}
