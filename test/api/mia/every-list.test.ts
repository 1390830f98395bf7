import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { managementRoutes } from '../../../src/api/mia/routes.ts'
import { isList } from '../../../src/http/route.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { bodyOf, newTree } from './companies.ts'
import { filled, harmless, type Ids, idsOf, named, type Route } from './every-route.ts'

/** Lists that are asked for otherwise, and why. */
const otherwise: Readonly<Record<string, string>> = {
  'GET /api/audit': 'newest first, by filters of its own',
  'GET /api/companies/:companyId/audit-logs': 'newest first, by filters of its own',
  'GET /api/peppers': 'a handful, of the settings',
}

const lists: readonly Route[] = managementRoutes.filter(isList)
const usual = lists.filter((route) => otherwise[named(route)] === undefined)

/** The path of a list; where something must be asked for, it is. */
function pathOf(route: Route, ids: Ids): string {
  const isAsking = harmless(route).allowed.includes(400)
  return `${filled(route.path, ids)}?${isAsking ? 'permission=console.company.view&' : ''}`
}

const nextOf = (headers: Headers) =>
  /<([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? ''

test('every list is sorted, searched, paged and counted, but for those that say why not', () => {
  expect(usual).toHaveLength(lists.length - Object.keys(otherwise).length)
  for (const { path, query, headers } of usual) {
    const asked = Object.keys(query?.properties ?? {})
    expect([path, asked, headers]).toEqual([
      path,
      expect.arrayContaining(['q', 'sort', 'page', 'per_page', 'cursor']),
      expect.objectContaining({ Link: 'always', 'X-Total-Count': 'always' }),
    ])
  }
})

onEachStore('every list', (store) => {
  let server: TestServer
  let ids: Ids
  beforeAll(async () => {
    server = await startTestServer({ store })
    ids = await idsOf(server, await newTree(server))
  })
  afterAll(async () => await server.close())

  const read = async (path: string) => await server.manage('GET', path)
  const paths = usual.map((route) => [route.path, route] as const)

  test.each(paths)('%s goes on by cursor to its end, each row once', async (_, route) => {
    const all = await read(`${pathOf(route, ids)}sort=name&per_page=200`)
    const whole: readonly unknown[] = bodyOf(all, 200)
    expect(all.headers.get('x-total-count')).toBe(`${whole.length}`)
    const rows: unknown[] = []
    let path = `${pathOf(route, ids)}sort=name&per_page=1`
    for (; path !== '' && rows.length <= whole.length; ) {
      const page = await read(path)
      expect(page.headers.get('x-total-count')).toBe(`${whole.length}`)
      rows.push(...bodyOf(page, 200))
      path = nextOf(page.headers)
    }
    expect(rows).toHaveLength(whole.length)
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(whole.length)
    const nothing = await read(`${pathOf(route, ids)}q=none%20of%20them`)
    expect([nothing.body, nothing.headers.get('x-total-count')]).toEqual([[], '0'])
  })

  test('of what there always is has its own order, and that of names', async () => {
    const idsIn = async (path: string): Promise<readonly string[]> =>
      bodyOf(await read(path), 200).map(
        ({ roleId, permission }: { readonly roleId?: string; readonly permission?: string }) =>
          roleId ?? permission,
      )
    const roles = ['guest', 'reporter', 'developer', 'maintainer', 'project-admin', 'company-owner']
    expect(await idsIn('/api/roles')).toEqual(roles)
    expect(await idsIn('/api/roles?sort=-createdAt')).toEqual(roles.toReversed())
    expect(await idsIn('/api/roles?sort=name&q=ER')).toEqual([
      'company-owner',
      'developer',
      'maintainer',
      'reporter',
    ])
    const permissions = await idsIn('/api/permissions')
    expect(await idsIn('/api/permissions?sort=name')).toEqual(permissions.toSorted())
    expect(await idsIn('/api/permissions?q=root.view')).toEqual(['console.root.view'])
  })
})
