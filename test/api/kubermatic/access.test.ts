import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { kubermaticRoutes } from '../../../src/api/kubermatic/routes.ts'
import { actions } from '../../../src/domain/access/actions.ts'
import type { Facts } from '../../../src/http/route.ts'
import { bytesOf, sendRaw } from '../../e2e/support/wire.ts'
import { mountedProjectRoutes } from './mounted.ts'
import { mailOf, type PeopleServer, projectOf, projectsPath, startPeopleServer } from './world.ts'

const declared: readonly Facts[] = kubermaticRoutes
const routes = declared.map(({ method, path }) => [method, path] as const)
const below = routes.filter(([, path]) => path.includes(':projectId'))

/** A path of a route about this project, and about nobody in it. */
const filled = (path: string, id = 'proj_none') =>
  path
    .replace(':projectId', id)
    .replace(':clientId', 'ost_ci_none')
    .replace(':userId', 'user_none')
    .replace(':id', 'none')

/** A body that would do, where one is read. */
const bodyFor = (method: string, id: string) =>
  ['POST', 'PUT', 'PATCH'].includes(method)
    ? { name: 'x', email: mailOf('x'), group: 'viewers', projects: [{ id, group: 'viewers' }] }
    : undefined

let people: PeopleServer
let project: string
beforeAll(async () => {
  people = await startPeopleServer()
  project = (await projectOf(people.as('ada'))).slice(projectsPath.length + 1)
})
afterAll(async () => await people.close())

describe('every route of Kubermatic', () => {
  test('is declared, and every declaration is a route with an action', () => {
    const folder = resolve(import.meta.dirname, '../../../src/api/kubermatic/routes')
    const nouns = readdirSync(folder).map((file) => file.replace('.ts', ''))
    expect(nouns.toSorted()).toEqual(['members', 'projects', 'service-accounts', 'tokens'])
    const mounted = mountedProjectRoutes().filter(([method]) => method !== 'HEAD')
    const inWords = (all: readonly (readonly [string, string])[]) =>
      all.map((each) => each.join(' ')).toSorted()
    expect(inWords(mounted)).toEqual(inWords(routes))
    expect(declared.filter(({ action }) => !Object.hasOwn(actions, action))).toEqual([])
  })

  test.each(routes)(
    'answers 401 without a token, and to a bad one: %s %s',
    async (method, path) => {
      const without = await people.server.call(filled(path), { method })
      expect([without.status, without.body]).toEqual([
        401,
        { error: { code: 401, message: 'not authorized' } },
      ])
      expect(without.headers.get('www-authenticate')).toMatch(/^Bearer realm="http/)
      expect(without.headers.get('cache-control')).toBe('no-store')
      const headers = { authorization: 'Bearer aaa.bbb.ccc' }
      const { status, body } = await people.server.call(filled(path), { method, headers })
      expect([status, body.error.code]).toEqual([401, 401])
      expect(body.error.message).toMatch(/^access denied, invalid token: /)
    },
  )

  test.each(below)(
    'answers a stranger the same of a foreign and of an absent project: %s %s',
    async (method, path) => {
      const stranger = people.as('mallory')
      await projectOf(stranger)
      for (const id of [project, 'proj_none', 'x"y']) {
        const target = filled(path, encodeURIComponent(id))
        const { status, body, headers } = await stranger(method, target, bodyFor(method, id))
        const message = `forbidden: "${mailOf('mallory')}" doesn't belong to project ${id}`
        expect([status, body]).toEqual([403, { error: { code: 403, message } }])
        const challenge = `Bearer realm="${people.server.url}", error="insufficient_scope"`
        expect(headers.get('www-authenticate')).toBe(challenge)
      }
    },
  )

  test.each(routes)('answers another method with 405 and Allow: %s %s', async (known, path) => {
    const own = routes.filter(([, other]) => other === path).map(([method]) => method)
    expect(own).toContain(known)
    const allowed = own.includes('GET') ? [...own, 'HEAD'] : own
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      if (allowed.includes(method)) continue
      const { status, body, headers } = await people.server.call(filled(path), { method })
      expect([status, body.error.code]).toEqual([405, 405])
      expect((headers.get('allow') ?? '').split(', ').toSorted()).toEqual(allowed.toSorted())
    }
  })

  test.each(routes.filter(([method]) => ['POST', 'PUT', 'PATCH'].includes(method)))(
    'answers JSON that is broken with 400: %s %s',
    async (method, path) => {
      const init = {
        method,
        headers: {
          authorization: `Bearer ${people.tokenOf('ada')}`,
          'content-type': 'application/json',
        },
        body: '{"name": ',
      }
      const { status, body } = await people.server.call(filled(path, project), init)
      const message = 'body: is not valid JSON in UTF-8'
      expect([status, body]).toEqual([400, { error: { code: 400, message } }])
    },
  )
})

test.each(['/api/v1', '/api/v1/', '/api/v1/nothing', `${projectsPath}/`, `${projectsPath}/x/y`])(
  'what is nowhere below the prefix of Kubermatic is said so in its dialect: %s',
  async (path) => {
    const { status, body } = await people.server.call(path)
    const message = `there is nothing at GET ${path}`
    expect([status, body]).toEqual([404, { error: { code: 404, message } }])
  },
)

test('a header that is not as it must be is named in what is answered below that prefix', async () => {
  const said = async (...headers: readonly [string, string][]) => {
    const login: [string, string] = ['authorization', `Bearer ${people.tokenOf('ada')}`]
    const lines = [login, ...headers].map(([name, value]) => `${name}: ${value}`)
    const request = { method: 'GET', target: projectsPath, headers: lines }
    const { status, body } = await sendRaw(people.server, bytesOf(people.server, request))
    return [status, body]
  }
  const refused = (message: string) => [400, { error: { code: 400, message } }]
  expect(await said(['If-Match', 'x'])).toEqual(
    refused('If-Match: expected * or entity tags in quotes, such as "1", with commas between them'),
  )
  expect(await said(['Authorization', 'Bearer x'])).toEqual(
    refused('authorization: must be given once'),
  )
})

test('a text that is longer than any may be is refused with the bound that it broke', async () => {
  const { status, body } = await people.server.call(projectsPath, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${people.tokenOf('ada')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ name: 'x'.repeat(4097) }),
  })
  const message = 'name: expected a text of at most 4096 characters'
  expect([status, body]).toEqual([400, { error: { code: 400, message } }])
})

test('what the edge refuses below that prefix is said in its dialect, too', async () => {
  const lines = [`GET ${projectsPath} HTTP/1.1`, 'Host: evil.example', 'Connection: close']
  const { status, body } = await sendRaw(people.server, `${lines.join('\r\n')}\r\n\r\n`)
  expect([status, body.error.code]).toEqual([421, 421])
})
