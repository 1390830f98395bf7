import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openRoutes, strangerRoutes } from '../../../src/api/mia/routes.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import type { Caller } from './accounts.ts'
import { newTree, type Tree } from './companies.ts'
import {
  absent,
  filled,
  harmless,
  type Ids,
  idsOf,
  named,
  otherTree,
  type Route,
  routes,
} from './every-route.ts'
import { mountedRoutes } from './mounted.ts'
import { type Standing, standings, verdict, type Whose } from './standings.ts'

interface Case {
  readonly route: Route
  readonly whose: Whose
}

let server: TestServer
let own: Tree
let ids: Readonly<Record<Whose, Ids>>

beforeAll(async () => {
  server = await startTestServer()
  own = await newTree(server)
  const foreign = await idsOf(server, await otherTree(server))
  ids = { own: await idsOf(server, own), foreign, absent }
})
afterAll(async () => await server.close())

/** Asks for a route; what is wrong with the answer, if anything is. */
async function faultOf(caller: Caller, standing: Standing, { route, whose }: Case) {
  const { body, headers, allowed } = harmless(route)
  const answer = await caller(route.method, filled(route.path, ids[whose]), body, headers)
  const expected = verdict(standing, route, whose)
  // Whoever may look for it is told that it is not there.
  const wanted = { allowed: whose === 'absent' ? [...allowed, 404] : allowed }
  const statuses = { ...wanted, forbidden: [403], unknown: [404] }[expected]
  if (statuses.includes(answer.status)) return []
  return [[named(route), expected, answer.status, answer.body?.code]]
}

describe('every management route', () => {
  test('is in this table', () => {
    const mounted = mountedRoutes().map(([method, path]) => `${method} ${path}`)
    const known = new Set([...routes, ...openRoutes, ...strangerRoutes].map(named))
    expect(mounted.filter((one) => !one.startsWith('HEAD ') && !known.has(one))).toEqual([])
  })

  test('answers 401 to nobody, on what is there and on what is not', async () => {
    for (const whose of ['own', 'absent'] as const) {
      for (const { method, path } of routes) {
        const answer = await server.call(filled(path, ids[whose]), { method })
        expect([method, path, answer.status]).toEqual([method, path, 401])
      }
    }
  })

  test.each(standings.map((standing) => [standing.title, standing] as const))(
    'does for a %s what its roles say, and no more',
    async (_, standing) => {
      const caller = await standing.make(server, own)
      const cases = (['own', 'foreign', 'absent'] as const).flatMap((whose) =>
        routes.map((route) => ({ route, whose })),
      )
      const wrong: unknown[] = []
      for (const each of cases) wrong.push(...(await faultOf(caller, standing, each)))
      expect(wrong).toEqual([])
    },
  )
})
