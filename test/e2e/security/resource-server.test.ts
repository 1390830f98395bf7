import { createHash, createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Answer, startTestServer, type TestServer } from '../../support/server.ts'
import { secretClient } from '../support/accounts.ts'
import {
  ec,
  hs256,
  jwkOf,
  jws,
  type Members,
  type Sign,
  signers,
  unsigned,
} from '../support/assertions.ts'
import { decoded, expectToken } from '../support/expectations.ts'

const view = 'console.root.view'
const readers = ['/api/audit', '/tokeninfo'] as const

let server: TestServer
/** Another installation, whose tokens are as good as ours but for its own issuer alone. */
let elsewhere: TestServer
let token: string
let publicJwk: JsonWebKey
let ownSign: Sign

/** The private key that the server itself signs with: what only a thief would have. */
async function keyOf({ dir }: TestServer): Promise<Sign> {
  const [name = ''] = await readdir(join(dir, 'keys'))
  const { key } = JSON.parse(await readFile(join(dir, 'keys', name), 'utf8'))
  return signers.ES256(createPrivateKey({ key, format: 'jwk' }))
}

beforeAll(async () => {
  server = await startTestServer()
  elsewhere = await startTestServer()
  token = expectToken(await server.token(await secretClient(server, { permissions: [view] })))
  publicJwk = (await server.call('/.well-known/jwks.json')).body.keys[0]
  ownSign = await keyOf(server)
})
afterAll(async () => {
  await server.close()
  await elsewhere.close()
})

const show = (path: string, credential: string) =>
  server.call(path, { headers: { authorization: `Bearer ${credential}` } })

function expectUnauthenticated(answer: Answer): void {
  expect([answer.status, answer.body?.code]).toEqual([401, 'actor.unauthenticated'])
  expect(answer.headers.get('www-authenticate')).toBe(
    `Bearer realm="${server.url}", error="invalid_token"`,
  )
  expect(answer.headers.get('cache-control')).toBe('no-store')
}

async function expectRefusedEverywhere(credential: string): Promise<void> {
  for (const path of readers) expectUnauthenticated(await show(path, credential))
}

/** Our token, but for the changes. */
function forged(changes: { header?: Members; claims?: Members; sign?: Sign } = {}): string {
  const { header = {}, claims = {}, sign = ownSign } = changes
  return jws({ ...decoded(token, 0), ...header }, { ...decoded(token), ...claims }, sign)
}

test('a good token is read by every reader of these tests, forged or not', async () => {
  for (const credential of [token, forged(), forged({ header: { typ: 'application/at+jwt' } })]) {
    for (const path of readers) expect((await show(path, credential)).status).toBe(200)
  }
})

describe('a token without a signature of ours', () => {
  test.each(['none', 'None', 'NONE', 'nOnE', ''])('is refused with alg %j', async (alg) => {
    for (const sign of [unsigned, ownSign]) {
      await expectRefusedEverywhere(forged({ header: { alg }, sign }))
      await expectRefusedEverywhere(forged({ header: { alg, kid: undefined }, sign }))
    }
  })

  test('is refused when our public key was taken for a shared secret', async () => {
    const key = createPublicKey({ key: publicJwk, format: 'jwk' })
    const secrets = [
      String(key.export({ format: 'pem', type: 'spki' })),
      String(key.export({ format: 'pem', type: 'spki' })).trim(),
      key.export({ format: 'der', type: 'spki' }).toString('latin1'),
      JSON.stringify(publicJwk),
      String(publicJwk.x),
      '',
    ]
    for (const secret of secrets) {
      await expectRefusedEverywhere(forged({ header: { alg: 'HS256' }, sign: hs256(secret) }))
      await expectRefusedEverywhere(forged({ sign: hs256(secret) }))
    }
  })

  test.each(['ES384', 'ES512', 'RS256', 'PS256', 'EdDSA', 'es256', 'ES256K'])(
    'is refused when its header says %s of our key',
    async (alg) => await expectRefusedEverywhere(forged({ header: { alg } })),
  )

  test('is refused with a signature of zeros', async () => {
    await expectRefusedEverywhere(forged({ sign: () => Buffer.alloc(64) }))
  })

  test('is refused with a good signature in DER, which no JWS carries', async () => {
    const [header, payload, signature = ''] = token.split('.')
    const raw = Buffer.from(signature, 'base64url')
    const integer = (bytes: Buffer) => {
      const padded = Buffer.concat([Buffer.from([0]), bytes])
      return Buffer.concat([Buffer.from([2, padded.length]), padded])
    }
    const both = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))])
    const der = Buffer.concat([Buffer.from([0x30, both.length]), both])
    await expectRefusedEverywhere(`${header}.${payload}.${der.toString('base64url')}`)
  })
})

describe('a token of another key', () => {
  const attacker = signers.ES256(ec.privateKey)

  test('is refused under an unknown kid, none, or one that is no text', async () => {
    const kids = ['unknown', '', undefined, null, 1, [], ['a'], {}, '../keys/x', '__proto__']
    for (const kid of kids) {
      await expectRefusedEverywhere(forged({ header: { kid }, sign: attacker }))
      await expectRefusedEverywhere(forged({ header: { kid } }))
    }
  })

  test('is refused under our kid', async () => {
    await expectRefusedEverywhere(forged({ sign: attacker }))
  })

  test('is refused when it is of another installation', async () => {
    const { admin } = elsewhere
    const theirs = expectToken(await elsewhere.token(admin))
    await expectRefusedEverywhere(theirs)
    const theirKey = await keyOf(elsewhere)
    const { kid } = decoded(theirs, 0)
    await expectRefusedEverywhere(forged({ header: { kid }, sign: theirKey }))
  })

  test('is refused with the key it brings along, which nobody fetches', async () => {
    let fetches = 0
    const keySet = { keys: [{ ...jwkOf(ec.publicKey), kid: 'mine', alg: 'ES256' }] }
    const bait: Server = createServer((_, response) => {
      fetches += 1
      response.end(JSON.stringify(keySet))
    })
    await new Promise<void>((resolve) => bait.listen(0, '127.0.0.1', resolve))
    const address = bait.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const url = `http://127.0.0.1:${port}/jwks`
    const jwk = jwkOf(ec.publicKey)
    const x5t = createHash('sha256').update('x').digest('base64url')
    const brought = [{ jwk }, { jku: url }, { x5u: url }, { x5c: ['AA=='] }, { 'x5t#S256': x5t }]
    for (const more of brought) {
      for (const kid of ['mine', decoded(token, 0)['kid'], url]) {
        await expectRefusedEverywhere(forged({ header: { kid, ...more }, sign: attacker }))
      }
    }
    bait.close()
    expect([Number(port) > 0, fetches]).toEqual([true, 0])
  })
})

test.each(['bearer ', 'BEARER ', 'Bearer  '])('a token is read after %j', async (scheme) => {
  const headers = { authorization: `${scheme}${token}` }
  expect((await server.call('/tokeninfo', { headers })).status).toBe(200)
})

describe('a token of our key', () => {
  test.each<readonly [string, Members]>([
    ['another issuer', { iss: 'https://evil.example' }],
    ['our issuer with a slash', { iss: 'http://127.0.0.1/' }],
    ['a list of issuers', { iss: [''] }],
    ['no issuer', { iss: undefined }],
    ['no subject', { sub: undefined }],
    ['no client', { client_id: undefined }],
    ['an unknown client', { client_id: 'ost_ci_unknown' }],
    ['no id', { jti: undefined }],
    ['an id of another make', { jti: 'x' }],
    ['no end', { exp: undefined }],
    ['an end in the past', { exp: 1 }],
    ['an end that is a text', { exp: '9999999999' }],
    ['an end that is no number', { exp: null }],
    ['no beginning', { iat: undefined }],
    ['a beginning in the future', { iat: 9_999_999_999 }],
    ['a time before which it is not good', { nbf: 9_999_999_999 }],
    ['a nbf that is a text', { nbf: '1' }],
  ])('is refused with %s', async (_, claims) => {
    await expectRefusedEverywhere(forged({ claims }))
  })

  test.each<readonly [string, Members]>([
    ['no type', { typ: undefined }],
    ['the type of a client assertion', { typ: 'client-authentication+jwt' }],
    ['the type of an ID token of a logout', { typ: 'logout+jwt' }],
    ['a type that is no text', { typ: ['at+jwt'] }],
    ['an extension that it calls critical', { crit: ['exp'], exp: 1 }],
    ['no critical extension at all', { crit: [] }],
    ['an unencoded payload', { b64: false, crit: ['b64'] }],
  ])('is refused with %s', async (_, header) => {
    await expectRefusedEverywhere(forged({ header }))
  })

  test('opens no management API when it is for another audience, or for nobody', async () => {
    const { url } = server
    const foreign = ['https://other.example', `${url}/`, `${url}.evil.example`, [], ['x'], '*']
    for (const aud of [...foreign, url.toUpperCase(), undefined, null, { 0: url }]) {
      expectUnauthenticated(await show('/api/audit', forged({ claims: { aud } })))
    }
    expect((await show('/api/audit', forged({ claims: { aud: ['x', url] } }))).status).toBe(200)
  })

  test('is refused once its time is over', async () => {
    const { exp } = decoded(token)
    const short = forged({ claims: { exp: Math.floor(Date.now() / 1000) + 5 } })
    expect((await show('/tokeninfo', short)).status).toBe(200)
    expect(Number(exp)).toBeGreaterThan(Date.now() / 1000 + 10)
    server.clock.offset = 6000
    await expectRefusedEverywhere(short)
    expect((await show('/tokeninfo', token)).status).toBe(200)
    server.clock.offset = 0
  })
})

describe('a token', () => {
  test('is refused when any one of its characters is another', async () => {
    const at = [...token].flatMap((character, index) => (character === '.' ? [] : [index]))
    const spelled = at.map((index) => {
      const swap = token[index] === 'A' ? 'B' : 'A'
      return `${token.slice(0, index)}${swap}${token.slice(index + 1)}`
    })
    const answers = await Promise.all(spelled.map((one) => show('/tokeninfo', one)))
    expect(answers.filter(({ status }) => status !== 401)).toEqual([])
  })

  test('is refused when it is cut, made longer, or joined with another', async () => {
    const [h, p, s] = token.split('.')
    const [h2, p2, s2] = expectToken(await server.token(server.admin)).split('.')
    const joined = [`${h2}.${p2}.${s}`, `${h}.${p2}.${s}`, `${h}.${p}.${s2}`, `${token}${token}`]
    const cut = [`${h}`, `${h}.${p}`, `${p}.${s}`, `.${p}.${s}`, `${h}..${s}`, '...', `.${token}`]
    const longer = [`${token}A`, `${token}=`, `${token}.`, `${token}.${s}`, `${h}.${p}=.${s}`]
    for (const one of [...joined, ...cut, ...longer]) await expectRefusedEverywhere(one)
  })
})
