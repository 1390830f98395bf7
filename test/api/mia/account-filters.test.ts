import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Credentials, startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { bodyOf, companyAccount, newTree, type Tree } from './companies.ts'

const dayMs = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * dayMs).toISOString()
const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
  format: 'jwk',
})

onEachStore('accounts that are narrowed by what they are', (store) => {
  let server: TestServer
  let tree: Tree
  let all = ''
  const rootAccounts = '/api/service-accounts'
  let rotated: Credentials

  beforeAll(async () => {
    server = await startTestServer({ store })
    tree = await newTree(server)
    all = `${tree.path}/service-accounts`
    const make = async (given: object) =>
      bodyOf(await server.manage('POST', all, companyAccount(given)), 201)
    await make({ name: 'plain' })
    await make({ name: 'owner', role: 'company-owner' })
    await make({ name: 'ending', expiresAt: inDays(10) })
    await make({ name: 'key', tokenEndpointAuthMethod: 'private_key_jwt', publicKey })
    rotated = await make({ name: 'rotated' })
    bodyOf(
      await server.manage('POST', `${all}/${rotated.clientId}/rotate`, { overlapSeconds: 3600 }),
      200,
    )
    const { clientId } = await make({ name: 'waiting' })
    bodyOf(await server.manage('PATCH', `${all}/${clientId}`, { state: 'DRAFT' }), 200)
    bodyOf(await server.token(rotated), 200)
  })
  afterAll(async () => await server.close())

  const names = async (query: string, path = all) => {
    const rows = bodyOf(await server.manage('GET', `${path}?sort=name&${query}`), 200)
    return rows.map(({ name }: { name: string }) => name)
  }

  test.each([
    ['state=DRAFT', ['waiting']],
    ['state=draft', ['waiting']],
    ['state=disabled', []],
    ['state=TRASH', []],
    ['role=company-owner', ['owner']],
    ['method=private_key_jwt', ['key']],
    ['rotating=true', ['rotated']],
    ['rotating=false&state=PUBLIC', ['ending', 'key', 'owner', 'plain']],
    [`expiresBefore=${inDays(11)}`, ['ending']],
    [`expiresBefore=${inDays(9)}`, []],
    [`unusedSince=${inDays(1)}`, ['ending', 'key', 'owner', 'plain', 'rotated', 'waiting']],
    [`unusedSince=${inDays(-1)}`, ['ending', 'key', 'owner', 'plain', 'waiting']],
    ['unusedSince=1970-01-01T00:00:00Z', ['ending', 'key', 'owner', 'plain', 'waiting']],
    ['unusedSince=1900-01-01T00:00:00Z', ['ending', 'key', 'owner', 'plain', 'waiting']],
    ['q=PLAIN&method=client_secret_basic', ['plain']],
  ])('%s leaves %j', async (query, expected) => {
    expect(await names(query)).toEqual(expected)
  })

  test.each(['expiresBefore', 'unusedSince'])(
    'a zone east of here in %s counts, whether or not its plus is encoded',
    async (name) => {
      const at = inDays(11).replace('Z', '')
      const [encoded, bare, west] = ['%2B12:00', '+12:00', '-12:00'].map((zone) => {
        return names(`${name}=${at}${zone}`)
      })
      expect(await bare).toEqual(await encoded)
      expect((await west)?.length).toBeGreaterThan(0)
    },
  )

  test('root accounts are narrowed likewise, but have no roles', async () => {
    expect(await names('method=private_key_jwt', rootAccounts)).toEqual([])
    expect(await names('state=enabled', rootAccounts)).toHaveLength(1)
    const { status, body } = await server.manage('GET', `${rootAccounts}?role=guest`)
    expect([status, body.field]).toEqual([400, 'role'])
  })

  test.each([
    ['state', 'RETIRED'],
    ['method', 'none'],
    ['rotating', 'yes'],
    ['expiresBefore', 'tomorrow'],
    ['expiresBefore', '2030-02-30T00:00:00Z'],
    ['unusedSince', '1700000000'],
    ['unusedSince', '2030-01-31%2012:00:00Z'],
    ['unusedSince', '2030-01-31T12:00:00%20%2B02:00'],
    ['role', ''],
  ])('%s=%s is refused by the name of the parameter', async (field, value) => {
    const { status, body } = await server.manage('GET', `${all}?${field}=${value}`)
    expect([status, body.field]).toEqual([400, field])
  })

  test('a page of them counts what is found, and its cursor is of this filter alone', async () => {
    const { headers } = await server.manage('GET', `${all}?rotating=false&per_page=2`)
    expect(headers.get('x-total-count')).toBe('5')
    const cursor = /[?&]cursor=([^&>]*)/.exec(headers.get('link') ?? '')?.[1]
    const next = await server.manage('GET', `${all}?rotating=false&per_page=2&cursor=${cursor}`)
    expect([next.status, next.body.length]).toEqual([200, 2])
    for (const query of ['per_page=2', 'rotating=true', 'rotating=false&state=draft']) {
      const { status, body } = await server.manage('GET', `${all}?${query}&cursor=${cursor}`)
      expect([query, status, body.field]).toEqual([query, 400, 'cursor'])
    }
  })

  describe('a row', () => {
    const row = async (name: string) => {
      const rows = bodyOf(await server.manage('GET', `${all}?q=${name}`), 200)
      return rows.find((one: { name: string }) => one.name === name)
    }

    test('shows how many credentials are good, and when the next one ends', async () => {
      const ending = await row('ending')
      expect(ending).toMatchObject({ liveCredentials: 1, rotating: false, lastLogin: '' })
      expect(Date.parse(ending.nextExpiresAt)).toBeGreaterThan(Date.now() + 9 * dayMs)
      expect(await row('plain')).not.toHaveProperty('nextExpiresAt')
    })

    test('shows a rotation under way, and the last login, as the account itself does', async () => {
      const found = await row('rotated')
      expect(found).toMatchObject({ liveCredentials: 2, rotating: true })
      expect(found).not.toHaveProperty('nextExpiresAt')
      expect(found.lastLogin).toBe(found.lastUsedAt)
      expect(bodyOf(await server.manage('GET', `${all}/${rotated.clientId}`), 200)).toEqual(found)
    })

    test('of a root account shows the same', async () => {
      const rows = bodyOf(await server.manage('GET', rootAccounts), 200)
      expect(rows).toContainEqual(
        expect.objectContaining({
          clientId: server.admin.clientId,
          liveCredentials: 1,
          rotating: false,
        }),
      )
    })
  })
})
