import { deflateSync } from 'node:zlib'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { type VerifierOptions, verifier } from '../../src/sdk/index.ts'
import { fakeServer, issuer, json, testClock } from './fake-server.ts'

export const audience = 'https://orders.example'
export const listUri = `${issuer}/api/status-lists/1`

export interface Signer {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly jwk: JWK
}

/** A key pair under this name. */
export async function signer(kid: string): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' } }
}

/** What a status list differs in from a good one without a bit set. */
export interface ListChanges {
  readonly revoked?: readonly number[]
  readonly claims?: Readonly<Record<string, unknown>>
  readonly typ?: string
  readonly by?: Signer
  readonly bytes?: Uint8Array
  readonly lst?: string
}

/** A resource server, the server that it asks for keys and lists, and both their clocks. */
export function issuing(first: Signer, more: Partial<VerifierOptions> = {}) {
  const clock = testClock()
  const state = { answer: (): Response | Promise<Response> => json({ keys: [first.jwk] }) }
  const server = fakeServer({ [`${issuer}/jwks`]: () => state.answer() })
  const { now, monotonicNow } = clock
  const transport = { fetch: server.fetch, now, monotonicNow, timeoutMs: 500 }
  const options = { issuer, audience, ...transport, ...more }
  const verify = verifier(options)
  const seconds = () => Math.floor(clock.now() / 1000)
  const sign = async (claims: object, typ: string, by: Signer) =>
    await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: by.kid, typ })
      .sign(by.privateKey)
  const times = () => ({ iat: seconds(), exp: seconds() + 3600 })
  const shared = () => ({ iss: issuer, sub: 'client', aud: audience, jti: 'id', ...times() })
  const access = { client_id: 'client', permissions: ['a.b'] }
  const token = async (by: Signer, claims = {}, iss = issuer) =>
    await sign({ ...shared(), ...access, iss, ...claims }, 'at+jwt', by)
  const projectToken = async (claims = {}, typ = 'JWT') =>
    await sign({ ...shared(), token_id: 'token', project_id: 'project', ...claims }, typ, first)
  /** A token with this place in the list. */
  const listed = async (idx: unknown = 7, uri: unknown = listUri, claims = {}) =>
    await projectToken({ status: { status_list: { idx, uri } }, ...claims })
  const list = async ({ revoked = [], claims, typ, by, bytes, lst }: ListChanges = {}) => {
    const bits = bytes ?? new Uint8Array(128 * 1024)
    for (const idx of revoked) bits[idx >> 3] = (bits[idx >> 3] ?? 0) | (1 << (idx & 7))
    const packed = lst ?? deflateSync(bits).toString('base64url')
    const status = { status_list: { bits: 1, lst: packed } }
    const said = { iss: issuer, sub: listUri, iat: seconds(), exp: seconds() + 600, ttl: 60 }
    return await sign({ ...said, ...status, ...claims }, typ ?? 'statuslist+jwt', by ?? first)
  }
  const publish = (text: string, headers: Record<string, string> = {}) => {
    server.answers[listUri] = () => new Response(text, { headers })
  }
  return {
    ...{ ...server, ...clock, state, options, verify },
    ...{ token, projectToken, listed, list, publish, sign, shared, seconds },
    listsRead: () => server.askedFor('/api/status-lists/1'),
  }
}
