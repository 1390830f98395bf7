import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { eventually } from '../../support/eventually.ts'
import { type Credentials, startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { bodyOf, companyAccount, memberCaller, newTree, type Tree } from './companies.ts'

const dayMs = 86_400_000

onEachStore('what somebody should look at', (store) => {
  let server: TestServer
  let tree: Tree

  beforeAll(async () => {
    server = await startTestServer({ store })
    tree = await newTree(server)
  })
  afterAll(async () => await server.close())

  const make = async (name: string, given: object = {}): Promise<Credentials> => {
    const path = `${tree.path}/service-accounts`
    return bodyOf(await server.manage('POST', path, companyAccount({ name, ...given })), 201)
  }
  const read = async () => bodyOf(await server.manage('GET', `${tree.path}/attention`), 200)

  test('is counted and named: what ends, what is old and still used, what waits, what is refused', async () => {
    const nothing = { count: 0, first: [] }
    const none = { expiring: nothing, unused: nothing, rotating: nothing, drafts: nothing }
    expect(await read()).toEqual({ ...none, refusedLogins: nothing })
    const now = Date.now()
    const inDays = (days: number) => new Date(now + days * dayMs).toISOString()
    const ending = await make('ending', { expiresAt: inDays(29) })
    await make('later', { expiresAt: inDays(31) })
    const draft = await make('draft')
    await server.manage('PATCH', `${tree.path}/service-accounts/${draft.clientId}`, {
      state: 'DRAFT',
    })
    const used = await make('used')
    const idle = await make('idle')
    for (const { clientId } of [used, idle]) {
      const path = `${tree.path}/service-accounts/${clientId}/rotate`
      bodyOf(await server.manage('POST', path, { overlapSeconds: 3600 }), 200)
    }
    bodyOf(await server.token(used), 200)
    expect(await read()).toMatchObject({
      expiring: {
        count: 1,
        first: [{ clientId: ending.clientId, name: 'ending', at: inDays(29) }],
      },
      unused: { count: 0 },
      rotating: { count: 1, first: [{ clientId: used.clientId, lastUsedFrom: '127.0.0.1' }] },
      drafts: { count: 1, first: [{ clientId: draft.clientId, name: 'draft' }] },
    })
    await server.token({ ...idle, clientSecret: 'wrong' })
    // Refused logins are written once a minute.
    server.clock.offset += 61_000
    const found = await eventually(read, ({ refusedLogins }) => refusedLogins.count > 0)
    expect(found.refusedLogins).toMatchObject({
      count: 1,
      first: [{ clientId: idle.clientId, name: 'idle', refusals: 1 }],
    })
    for (const [role, shown] of [
      ['guest', nothing],
      ['project-admin', nothing],
      ['company-owner', found.refusedLogins],
    ] as const) {
      const caller = await memberCaller(server, tree, { role })
      const seen = bodyOf(await caller('GET', `${tree.path}/attention`), 200)
      expect([role, seen.refusedLogins]).toEqual([role, shown])
      expect([role, seen.drafts.count]).toEqual([role, 1])
    }
    const root = bodyOf(await server.manage('GET', '/api/attention'), 200)
    expect(root.refusedLogins).toEqual(nothing)
    expect(root.expiring).toEqual(nothing)
  })

  test('tells the address that an old secret is used from to whoever may manage the accounts', async () => {
    const own = await newTree(server)
    const path = `${own.path}/service-accounts`
    const used = bodyOf(await server.manage('POST', path, companyAccount()), 201)
    const rotate = `${path}/${used.clientId}/rotate`
    bodyOf(await server.manage('POST', rotate, { overlapSeconds: 3600 }), 200)
    bodyOf(await server.token(used), 200)
    for (const [role, address] of [
      ['guest', undefined],
      ['project-admin', undefined],
      ['company-owner', '127.0.0.1'],
    ] as const) {
      const caller = await memberCaller(server, own, { role })
      const { rotating } = bodyOf(await caller('GET', `${own.path}/attention`), 200)
      expect([role, rotating.count, rotating.first[0].lastUsedFrom]).toEqual([role, 1, address])
      const listed = bodyOf(await caller('GET', `${path}/${used.clientId}/credentials`), 200)
      for (const { pepperId, lastUsedAt, lastUsedFrom } of listed) {
        const isUsed = lastUsedAt !== undefined
        expect([role, lastUsedFrom]).toEqual([role, isUsed ? address : undefined])
        expect([role, typeof pepperId]).toEqual([role, typeof address])
      }
    }
  })

  test('is for those who may see the accounts', async () => {
    const guest = await memberCaller(server, tree, { role: 'guest' })
    expect((await guest('GET', `${tree.path}/attention`)).status).toBe(200)
    expect((await guest('GET', '/api/attention')).status).toBe(403)
    const nobody = await memberCaller(server, tree)
    expect((await nobody('GET', `${tree.path}/attention`)).status).toBe(403)
  })
})
