import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'

/** A key of an issuer, and what it publishes of it. */
export interface IssuerKeys {
  readonly kid: string
  readonly alg: string
  readonly privateKey: KeyObject
  readonly jwk: Readonly<Record<string, unknown>>
}

type Members = Readonly<Record<string, unknown>>

const types = {
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
} as const

let made = 0

/** A new key of that type. */
export function newKey(alg: keyof typeof types = 'ES256', members: Members = {}): IssuerKeys {
  made += 1
  const kid = `key-${made}`
  const { privateKey, publicKey } = types[alg]()
  return { kid, alg, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, ...members } }
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A JWT of these parts; whoever reads it judges them. */
export function jwt(header: Members, claims: unknown, signer: (data: Buffer) => Buffer): string {
  const signed = `${encode(header)}.${encode(claims)}`
  return `${signed}.${signer(Buffer.from(signed)).toString('base64url')}`
}

const digests: Readonly<Record<string, string>> = {
  ES256: 'sha256',
  ES384: 'sha384',
  RS256: 'sha256',
}

/** Signs with a key, by its own algorithm. */
export function signerOf({ alg, privateKey }: IssuerKeys): (data: Buffer) => Buffer {
  return (data) => sign(digests[alg] ?? null, data, { key: privateKey, dsaEncoding: 'ieee-p1363' })
}

/** An issuer of this machine, which says whatever a test has it say. */
export interface TestIssuer {
  readonly url: string
  /** What it publishes, and signs with: the first. */
  keys: IssuerKeys[]
  /** Members of its metadata that are not as they should be. */
  metadata: Members
  /** Answers in place of it, by path. */
  readonly answers: Map<string, (response: ServerResponse) => void>
  /** The paths that were asked for. */
  readonly asked: string[]
  /** A token with these claims in place of, or beside, those of Ada. */
  token(claims?: Members, header?: Members): string
  close(): Promise<void>
}

/** Its discovery document. */
export const metadataPath = '/.well-known/openid-configuration'

/** What a token of Ada says, at this moment (ms). */
export function claimsOfAda(issuer: string, now = Date.now()): Members {
  const iat = Math.floor(now / 1000)
  return { iss: issuer, aud: 'ostiary', sub: 'ada', name: 'Ada', iat, exp: iat + 300 }
}

function answerOf(issuer: TestIssuer, path: string): unknown {
  const documents: Readonly<Record<string, unknown>> = {
    [metadataPath]: { issuer: issuer.url, jwks_uri: `${issuer.url}/keys`, ...issuer.metadata },
    '/keys': { keys: issuer.keys.map(({ jwk }) => jwk) },
  }
  return documents[path]
}

/** Opens an issuer on a free port. */
export async function openTestIssuer(): Promise<TestIssuer> {
  const server = createServer(({ url = '' }, response) => {
    issuer.asked.push(url)
    const own = issuer.answers.get(url)
    if (own) own(response)
    else response.end(JSON.stringify(answerOf(issuer, url)))
  })
  // A test that fails leaves nothing behind that would keep its process alive.
  server.unref()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const issuer: TestIssuer = {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    keys: [newKey()],
    metadata: {},
    answers: new Map(),
    asked: [],
    token(claims = {}, header = {}) {
      const [key = newKey()] = issuer.keys
      const { alg, kid } = key
      return jwt({ alg, kid, ...header }, { ...claimsOfAda(issuer.url), ...claims }, signerOf(key))
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return issuer
}
