import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { Credential } from '../../src/domain/credentials/credential.ts'
import type { PublicKey } from '../../src/domain/credentials/public-key.ts'
import { oauthEndpoints } from '../../src/oauth/endpoint.ts'
import { paths } from '../../src/oauth/provider.ts'
import type { Outcome } from '../../src/oauth/report.ts'
import {
  assertionForm,
  forgedRs256,
  jwkOf,
  jws,
  newJti,
  now,
  rsa,
  type Sign,
  signers,
} from '../e2e/support/assertions.ts'
import {
  type Accounts,
  account,
  coreOptions,
  endpointOptions,
  issuer,
  keyCredential,
  serve,
} from './endpoints.ts'

const accounts: Accounts = new Map()
const outcomes: Outcome[] = []
let server: Awaited<ReturnType<typeof serve>>

beforeAll(async () => {
  const endpoints = oauthEndpoints(coreOptions(accounts), endpointOptions(outcomes))
  server = await serve((request, response) => void endpoints(request, response))
})
beforeEach(() => void outcomes.splice(0))
afterAll(async () => await server.close())

const sound = keyCredential({ ...jwkOf(rsa.publicKey), kid: 'sound' })
const { n = '', e = '' } = jwkOf(rsa.publicKey)
const small = Buffer.alloc(128, 0xff).toString('base64url')

/** A credential as an older release stored it, without the bounds of today. */
function stored(key: PublicKey): Credential {
  return { ...keyCredential({ ...jwkOf(rsa.publicKey) }), kind: 'key', key }
}

async function login(clientId: string, kid: string | undefined, sign: Sign) {
  const times = { iat: now(), exp: now() + 60 }
  const claims = { iss: clientId, sub: clientId, aud: issuer, jti: newJti(), ...times }
  const body = assertionForm(jws({ alg: 'RS256', kid }, claims, sign))
  return (await fetch(`${server.url}${paths.token}`, { method: 'POST', body })).status
}

test.each([
  ['the exponent 1', { n, e: 'AQ' }, 'it.e must be odd, from 3 to 4294967295'],
  ['an even exponent', { n, e: 'AQAA' }, 'it.e must be odd'],
  ['an exponent as long as its modulus', { n, e: n }, 'it.e must be odd'],
  ['an even modulus', { n: Buffer.alloc(256, 0xfe).toString('base64url'), e }, 'it.n must be odd'],
  ['1024 bits', { n: small, e }, 'it must have 2048 to 8192 bits; this has 1024'],
  ['no number at all', { n: '', e: '' }, 'it must have 2048 to 8192 bits; this has 0'],
])(
  'a stored key with %s logs nobody in, is named in the log, and ends no other key',
  async (_, numbers, words) => {
    const weak = stored({ kty: 'RSA', kid: 'weak', ...numbers })
    const { clientId } = account(accounts, {
      authMethod: 'private_key_jwt',
      credentials: [weak, sound],
    })
    for (const sign of [forgedRs256, signers.RS256(rsa.privateKey)]) {
      expect(await login(clientId, 'weak', sign)).toBe(401)
    }
    for (const { attempt } of outcomes) {
      expect(attempt).toMatchObject({
        stage: 'refused',
        reason: 'bad_assertion',
        account: { clientId },
      })
      const detail = attempt.stage === 'refused' ? attempt.detail : ''
      expect(detail).toContain(`register another key in place of credential ${weak.id}: ${words}`)
    }
    expect(await login(clientId, 'sound', signers.RS256(rsa.privateKey))).toBe(200)
    expect(await login(clientId, undefined, signers.RS256(rsa.privateKey))).toBe(200)
  },
)
