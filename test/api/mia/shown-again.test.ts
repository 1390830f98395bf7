import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { accountsPath } from '../../support/accounts.ts'
import { type Credentials, startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { create, passTime } from './accounts.ts'
import { member, newTree } from './companies.ts'

const minute = 60_000

onEachStore('a list that was shown before', (store) => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer({ store })
  })
  afterAll(async () => await server.close())

  /** Its row in the list, which was shown before, and what is read of it alone. */
  async function seen(path: string, { clientId }: Credentials) {
    const { body: rows } = await server.manage('GET', `${path}?per_page=200`)
    const { body: alone } = await server.manage('GET', `${path}/${clientId}`)
    return { row: rows.find((row: Credentials) => row.clientId === clientId), alone }
  }

  /** What happens to an account, one after the other, and a member of its row that tells. */
  const happenings: readonly (readonly [
    string,
    (path: string, who: Credentials) => Promise<unknown>,
    object,
  ])[] = [
    [
      'was renamed',
      (path, who) => change(path, who, { name: 'another name' }),
      { name: 'another name' },
    ],
    [
      'was disabled',
      (path, who) => change(path, who, { state: 'disabled' }),
      { state: 'disabled' },
    ],
    ['was enabled', (path, who) => change(path, who, { state: 'enabled' }), { state: 'enabled' }],
    ['logged in', (_path, who) => server.token(who), { lastUsedAt: expect.any(String) }],
    ['was given a new secret', rotate, { rotating: true, liveCredentials: 2 }],
    [
      'lost its former secret',
      () => passTime(server, 2 * minute),
      { rotating: false, liveCredentials: 1 },
    ],
  ]

  async function change(path: string, { clientId }: Credentials, body: object) {
    expect((await server.manage('PATCH', `${path}/${clientId}`, body)).status).toBe(200)
  }

  async function rotate(path: string, { clientId }: Credentials) {
    const answer = await server.manage('POST', `${path}/${clientId}/rotate`, { overlapSeconds: 60 })
    expect(answer.status).toBe(200)
  }

  async function expectTold(path: string, who: Credentials) {
    const first = await seen(path, who)
    expect(first.row).toEqual(first.alone)
    for (const [what, happen, told] of happenings) {
      await happen(path, who)
      const { row, alone } = await seen(path, who)
      expect([what, row]).toEqual([what, { ...alone, ...told }])
    }
  }

  test('tells whatever happened since to an account of root', async () => {
    await expectTold(accountsPath, await create(server))
  })

  test('tells whatever happened since to an account of a company', async () => {
    const tree = await newTree(server)
    const who = await member(server, tree, { role: 'guest' })
    await expectTold(`/api/companies/${tree.companyId}/service-accounts`, who)
  })
})
