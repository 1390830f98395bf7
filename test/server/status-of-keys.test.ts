import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { ostiary } from '../cli/command-line.ts'
import { eventually } from '../support/eventually.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { onEachStore, type TestStore } from '../support/stores.ts'

onEachStore('the bit of a token in a status list', (store) => {
  let dir = ''
  let kept: ReturnType<TestStore['fresh']>
  let server: TestServer
  let tokens = ''
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ostiary-status-'))
    kept = store.fresh()
    server = await startTestServer({ beside: { env: kept.env, dir } })
    const account = { name: 'holder', tokenEndpointAuthMethod: 'client_secret_basic' }
    const made = await server.manage('POST', '/api/service-accounts', {
      ...account,
      permissions: [],
    })
    tokens = `/api/service-accounts/${made.body.clientId}/tokens`
  })
  afterAll(async () => {
    await server.close()
    await kept.leave()
    await rm(dir, { recursive: true })
  })

  const bitOf = async (token: string): Promise<number> => {
    const { status }: { status?: { status_list: { uri: string; idx: number } } } = decodeJwt(token)
    const { uri, idx } = status?.status_list ?? { uri: '', idx: 0 }
    const answer = await server.call(new URL(uri).pathname)
    const { status_list: list }: { status_list?: { lst: string } } = decodeJwt(answer.text)
    const bits = inflateSync(Buffer.from(list?.lst ?? '', 'base64url'))
    return ((bits[idx >>> 3] ?? 0) >>> (idx & 7)) & 1
  }
  const told = async (given: readonly string[]) => {
    const bits: number[] = []
    for (const token of given) bits.push(await bitOf(token))
    return bits.join('')
  }
  const becomes = async (given: readonly string[], bits: string) =>
    expect(
      await eventually(
        () => told(given),
        (found) => found === bits,
      ),
    ).toBe(bits)
  const use = async (token: string) =>
    (await server.call('/tokeninfo', { headers: { authorization: `Bearer ${token}` } })).status
  const signing = async (): Promise<string> =>
    (await server.call('/.well-known/jwks.json')).body.keys[0].kid

  const settings = () => ({
    OSTIARY_DATA_DIR: join(dir, 'data'),
    OSTIARY_KEYS_DIR: join(dir, 'keys'),
    OSTIARY_SIGNING_ALG: 'ES256',
    ...kept.env,
  })

  test('counts by its key, which the operator reads of each', async () => {
    const needs = async () => (await ostiary(['keys', 'list'], settings())).stdout
    expect(await needs()).toMatch(/ {2}access tokens, until /)
    for (const count of [1, 2]) {
      expect((await server.manage('POST', tokens, { name: `token ${count}` })).status).toBe(201)
      expect(await needs()).toMatch(new RegExp(` {2}project tokens \\(${count}\\), until `))
    }
  })

  test('is set as long as the key that signed it is not accepted, also that of a former value', async () => {
    const made = (await server.manage('POST', tokens, { name: 'of the first key' })).body
    const first: string = made.token
    const renewed = await server.manage('POST', `${tokens}/${made.id}/regenerate`, {
      overlapSeconds: 600,
    })
    const old = [first, String(renewed.body.token)]
    const { kid = '' } = decodeProtectedHeader(first)
    const rotated = await ostiary(['keys', 'rotate', '--now', '--json'], settings())
    expect(rotated.code).toBe(0)
    await eventually(signing, (found) => found !== kid)
    const next = await server.manage('POST', tokens, { name: 'of the next key' })
    const all = [...old, String(next.body.token)]
    await becomes(all, '000')
    const file = join(dir, 'keys', `${kid}.json`)
    await rename(file, join(dir, 'taken-out.json'))
    await becomes(all, '110')
    expect([await use(first), await use(String(next.body.token))]).toEqual([401, 200])
    await rename(join(dir, 'taken-out.json'), file)
    await becomes(all, '000')
    expect(await use(first)).toBe(200)
  })
})
