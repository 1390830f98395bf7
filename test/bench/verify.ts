import { randomInt } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { verifier } from '../../src/sdk/index.ts'

// npm run bench:verify: verifications a second of CPU time by the SDK, with a permission and a status list of 2^20
// tokens of which one in a hundred is revoked, against bare jose on the same token; in turn, round by round.
const issuer = 'https://auth.example'
const audience = 'https://orders.example'
const uri = `${issuer}/api/status-lists/1`
const entries = 2 ** 20
const permission = 'console.root.view'
const rounds = 25
const msOfRound = 300

async function fixture(alg: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg)
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'key', alg, use: 'sig' }]
  const iat = Math.floor(Date.now() / 1000)
  const sign = async (claims: object, typ: string) =>
    await new SignJWT({ iss: issuer, iat, exp: iat + 36_000, ...claims })
      .setProtectedHeader({ alg, kid: 'key', typ })
      .sign(privateKey)
  const bits = new Uint8Array(entries / 8)
  for (let n = 0; n < entries / 100; n += 1) {
    const idx = randomInt(entries - 1)
    bits[idx >> 3] = (bits[idx >> 3] ?? 0) | (1 << (idx & 7))
  }
  const lst = deflateSync(bits).toString('base64url')
  const list = await sign({ sub: uri, ttl: 300, status_list: { bits: 1, lst } }, 'statuslist+jwt')
  const token = await sign(
    {
      ...{ sub: 'client', client_id: 'client', aud: audience, jti: 'tok_1' },
      permissions: [permission, 'console.root.serviceaccount.manage'],
      status: { status_list: { uri, idx: entries - 1 } },
    },
    'at+jwt',
  )
  return { keys, list, token }
}

type Fixture = Awaited<ReturnType<typeof fixture>>

/** The server in place of the network. */
function answering({ keys, list }: Fixture) {
  const metadata = { issuer, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` }
  const bodies: Readonly<Record<string, string>> = {
    '/.well-known/oauth-authorization-server': JSON.stringify(metadata),
    '/jwks': JSON.stringify({ keys }),
    '/api/status-lists/1': list,
  }
  return async (url: string) => new Response(bodies[new URL(url).pathname])
}

type Verify = () => Promise<unknown>

function bareJose({ keys, token }: Fixture): Verify {
  const findKey = createLocalJWKSet({ keys })
  return async () => await jwtVerify(token, findKey, { issuer, audience })
}

function bySdk(given: Fixture): Verify {
  const fetch = answering(given)
  const verify = verifier({ issuer, audience, fetch, permissions: [permission] })
  return async () => await verify(given.token)
}

/** Verifications a second of CPU time of this process. */
async function measure(verify: Verify): Promise<number> {
  const until = performance.now() + msOfRound
  const before = process.cpuUsage()
  let made = 0
  for (; performance.now() < until; made += 1) await verify()
  const { user, system } = process.cpuUsage(before)
  return (made * 1e6) / (user + system)
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}

function print(...cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

print('alg', 'jose/CPU s', 'SDK/CPU s', 'SDK in % of jose', 'list kB')
print(...Array.from({ length: 5 }, () => '---'))
for (const alg of ['RS256', 'ES256', 'EdDSA']) {
  const given = await fixture(alg)
  const [bare, sdk] = [bareJose(given), bySdk(given)]
  await measure(bare)
  await measure(sdk)
  const pairs: { readonly bare: number; readonly sdk: number }[] = []
  for (let round = 0; round < rounds; round += 1) {
    pairs.push({ bare: await measure(bare), sdk: await measure(sdk) })
  }
  const part = median(pairs.map((pair) => (100 * pair.sdk) / pair.bare))
  const [ofBare, ofSdk] = [pairs.map((pair) => pair.bare), pairs.map((pair) => pair.sdk)].map(
    median,
  )
  print(
    alg,
    ...[ofBare, ofSdk, part].map((n = 0) => n.toFixed(0)),
    (given.list.length / 1000).toFixed(0),
  )
}
