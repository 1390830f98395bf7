import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { miaPaths } from '../../../src/api/mia/openapi.ts'
import { managementRoutes } from '../../../src/api/mia/routes.ts'
import { isList } from '../../../src/http/route.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { type Caller, callerFor } from './accounts.ts'
import { bodyOf, member, newTree, type Tree } from './companies.ts'
import { filled, harmless, type Ids, idsOf, type Route } from './every-route.ts'

const lists: readonly Route[] = managementRoutes.filter(isList)

/** The path of a list; where something must be asked for, it is. */
function pathOf(route: Route, ids: Ids): string {
  const isAsking = harmless(route).allowed.includes(400)
  return `${filled(route.path, ids)}${isAsking ? '?permission=console.company.view' : ''}`
}

const known = (tag: string | null) => ({ 'if-none-match': tag ?? '', 'cache-control': 'max-age=0' })

test('the description of the API tells of the tag of every list', () => {
  const paths = new Map(Object.entries(miaPaths()))
  for (const { path, streams } of lists) {
    const ETag = { required: streams === undefined }
    expect(paths.get(path.replaceAll(/:(\w+)/g, '{$1}'))).toMatchObject({
      get: { responses: { 200: { headers: { ETag } }, 304: { headers: { ETag } }, 412: {} } },
    })
  }
})

onEachStore('every list', (store) => {
  let server: TestServer
  let tree: Tree
  let ids: Ids
  beforeAll(async () => {
    server = await startTestServer({ store })
    tree = await newTree(server)
    ids = await idsOf(server, tree)
  })
  afterAll(async () => await server.close())

  /** Reads as root without a login or a use of a client key in between, which some lists tell of. */
  async function reading(route: Route) {
    const headers = {
      authorization: `Bearer ${await server.adminToken()}`,
      ...(route.clientKey === 'required' && { 'client-key': server.admin.clientKey }),
    }
    return (more: Record<string, string> = {}) =>
      server.call(pathOf(route, ids), { headers: { ...headers, ...more } })
  }

  test.each(lists.map((route) => [route.path, route] as const))(
    '%s is not sent again to who has it as it is',
    async (_, route) => {
      const read = await reading(route)
      const { status, headers } = await read()
      const tag = headers.get('etag')
      expect([status, tag]).toEqual([200, expect.stringMatching(/^W\/"[\w-]{27}"$/)])
      const again = await read(known(tag))
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', tag])
      const other = await read(known('W/"other"'))
      expect([other.status, other.headers.get('etag')]).toEqual([200, tag])
    },
  )

  test('is sent whole to whose rights have changed what they see', async () => {
    const account = await member(server, tree, { role: 'company-owner' })
    const caller = await callerFor(server, account)
    const before = await answersTo(caller, () => ({}))
    const tags = new Map(before.map(({ path, tag }) => [path, tag]))
    const path = `${tree.path}/service-accounts/${account.clientId}`
    bodyOf(await server.manage('PATCH', path, { role: 'guest' }), 200)
    const after = await answersTo(caller, () => ({}))
    const changed = after.filter(({ text }, index) => text !== before[index]?.text)
    const again = await answersTo(caller, (list) => known(tags.get(list) ?? null))
    const sent = again.filter(({ status }) => status !== 304)
    expect(sent).toEqual(after.filter((one) => changed.includes(one) || one.status !== 200))
    expect([changed.length > 5, again.length > sent.length]).toEqual([true, true])
  })

  test('has another tag when another page or another number of rows is told of', async () => {
    const tagOf = async (path: string) => (await server.manage('GET', path)).headers.get('etag')
    const first = '/api/companies?page=1&per_page=1'
    const before = [await tagOf(first), await tagOf('/api/companies?page=2&per_page=1')]
    await newTree(server)
    expect(new Set([...before, await tagOf(first)]).size).toBe(3)
  })

  test('has a weak tag, by which nothing is changed nor read', async () => {
    const { headers } = await server.manage('GET', '/api/companies')
    const weak = headers.get('etag') ?? ''
    const ask = (tag: string) =>
      server.manage('GET', '/api/companies', undefined, { 'if-match': tag })
    for (const tag of [weak, weak.slice(2), '"NaN"', '"1"']) {
      expect([tag, (await ask(tag)).status]).toEqual([tag, 412])
    }
    expect((await ask('*')).status).toBe(200)
  })

  /** What somebody is answered at every list. */
  async function answersTo(caller: Caller, headersFor: (path: string) => Record<string, string>) {
    const answers = []
    for (const path of lists.map((route) => pathOf(route, ids))) {
      const { status, text, headers } = await caller('GET', path, undefined, headersFor(path))
      answers.push({ path, status, text: text, tag: headers.get('etag') })
    }
    return answers
  }
})
