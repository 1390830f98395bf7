import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { memberCaller, newTree, type Tree } from './companies.ts'
import { filled, type Ids, idsOf, named, routes } from './every-route.ts'

let server: TestServer
let tree: Tree
let ids: Ids
beforeAll(async () => {
  server = await startTestServer()
  tree = await newTree(server)
  ids = await idsOf(server, tree)
})
afterAll(async () => await server.close())

test.each(routes.map((route) => [named(route), route] as const))(
  '%s refuses a parameter that it does not know, by name',
  async (_, { method, path }) => {
    const answer = await server.manage(method, `${filled(path, ids)}?dry_run=1`)
    expect([answer.status, answer.body.code, answer.body.field]).toEqual([
      400,
      'request.invalid',
      'dry_run',
    ])
  },
)

test('who may not do something is not told of its parameters', async () => {
  const guest = await memberCaller(server, tree, { role: 'guest' })
  const answer = await guest('DELETE', `${tree.path}?dry_run=1`)
  expect([answer.status, answer.body.field]).toEqual([403, undefined])
})

test('gateways may send /tokeninfo what they like', async () => {
  const headers = { authorization: `Bearer ${await server.adminToken()}` }
  expect((await server.call('/tokeninfo?trace=1', { headers })).status).toBe(200)
})
