import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Validator } from '@seriousme/openapi-schema-validator'
import { kubermaticWords } from '../../src/api/kubermatic/problems.ts'
import { projectsPath } from '../../src/api/kubermatic/route.ts'
import { miaWords } from '../../src/api/mia/problems.ts'
import type { Words } from '../../src/http/problems.ts'
import { paths } from '../../src/oauth/provider.ts'
import { aliases } from '../../src/server/aliases.ts'
import { discoveryPlaces } from '../../src/server/discovery.ts'
import { healthPaths } from '../../src/server/health.ts'
import { statusListPath } from '../../src/server/mint.ts'
import { mountedProjectRoutes } from '../api/kubermatic/mounted.ts'
import { mountedRoutes } from '../api/mia/mounted.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

interface Operation {
  readonly operationId: string
  readonly security: readonly object[]
  readonly parameters?: readonly { readonly in: string; readonly name: string }[]
  readonly responses: Readonly<Record<string, { readonly description: string }>>
}
interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly securitySchemes: object; readonly schemas: object }
}

const place = '/api/openapi.json'

/** What a path stands for, by a pointer (RFC 6901 §6) to another one. */
function meantBy({ $ref }: { readonly $ref?: unknown }) {
  const [, path = ''] = String($ref).split('#/paths/')
  return document.paths[decodeURIComponent(path).replaceAll('~1', '/')]
}
let server: TestServer
let document: Described
let operations: readonly (readonly [name: string, operation: Operation])[]

beforeAll(async () => {
  server = await startTestServer()
  document = (await server.call(place)).body
  operations = Object.entries(document.paths).flatMap(([path, { $ref: _, ...methods }]) =>
    Object.entries(methods).map(
      ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
    ),
  )
})
afterAll(async () => await server.close())

describe('the description of the API', () => {
  test('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate({ ...document })
    expect([errors, valid]).toEqual([undefined, true])
    expect(document).toMatchObject({ openapi: '3.1.0', servers: [{ url: server.url }] })
  })

  test('has every route that is mounted, and no other', () => {
    const management = [...mountedRoutes(), ...mountedProjectRoutes()]
      .filter(([method]) => method !== 'HEAD')
      .map(([method, path]) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    const documents = [...Object.values(discoveryPlaces).map(({ path }) => path), place]
    const expected = [
      ...management,
      ...Object.values(paths).map((path) => `POST ${path}`),
      `GET ${statusListPath}/{id}`,
      ...[...documents, ...Object.values(healthPaths), '/'].map((path) => `GET ${path}`),
    ]
    expect(operations.map(([name]) => name).toSorted()).toEqual(expected.toSorted())
  })

  test('names only what answers over HTTP, and there by no other method', async () => {
    const described = Object.entries(document.paths)
    const others = described.filter(([path]) => path !== '/' && !path.startsWith('/-/'))
    for (const [path, item] of others) {
      const methods = meantBy(item) ?? item
      const to = path.replaceAll(/\{\w+\}/g, 'x')
      for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) {
        const { status, body } = await server.call(to, { method })
        const isNowhere = body?.code === 'route.not_found'
        const isDescribed = Object.hasOwn(methods, method.toLowerCase())
        expect([method, path, isNowhere, status === 405]).toEqual([
          method,
          path,
          false,
          !isDescribed,
        ])
      }
    }
  })

  test('has every other path by which something is reached, as what it stands for', () => {
    const stands = Object.entries(document.paths).flatMap(([given, item]) => {
      const methods = meantBy(item)
      return methods ? [[given, Object.keys(methods).toSorted()] as const] : []
    })
    const expected = {
      '/oauth/token': ['post'],
      '/api/tenants': ['get', 'post'],
      '/api/backend/tenants/': ['get', 'post'],
      '/api/tenants/{companyId}/audit-logs': ['get'],
      '/api/backend/projects/{projectId}': ['delete', 'get', 'patch'],
    }
    expect(Object.fromEntries(stands)).toMatchObject(expected)
    for (const given of aliases.paths.keys()) expect(stands.map(([path]) => path)).toContain(given)
  })

  test('has the page that a browser finds at the root', async () => {
    const { status, headers } = await server.call('/', { headers: { accept: 'text/html' } })
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(document.paths['/']).toHaveProperty('get')
  })

  test('gives each operation a name of its own', () => {
    const names = operations.map(([, { operationId }]) => operationId)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  test('describes every parameter of a path', () => {
    for (const [name, { parameters = [] }] of operations) {
      const inPath = [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter)
      const described = parameters.filter((one) => one.in === 'path').map((one) => one.name)
      expect([name, described]).toEqual([name, inPath])
    }
  })

  test('says how callers are let in, by schemes that it has', () => {
    const schemes = Object.keys(document.components.securitySchemes)
    expect(schemes).toEqual(['bearer', 'clientKey', 'basic'])
    const used = operations.flatMap(([, { security }]) => security.flatMap(Object.keys))
    expect(new Set(used)).toEqual(new Set(schemes))
    const { security } = document.paths['/api/service-accounts']?.['get'] ?? {}
    expect(security).toEqual([{ bearer: [], clientKey: [] }])
  })

  test('gives each error code of the management API the status that its dialect gives it', () => {
    const words = { [projectsPath]: kubermaticWords, '': miaWords }
    const statusesOf = (given: Words) =>
      new Map(Object.entries(given).map(([code, [status]]) => [code, status]))
    const statuses = statusesOf(miaWords)
    const statusesAt = (name: string) => {
      const [, own = miaWords] = Object.entries(words).find(([path]) => name.includes(path)) ?? []
      return statusesOf(own)
    }
    const described = operations.flatMap(([name, { responses }]) =>
      Object.entries(responses).flatMap(([status, { description }]) =>
        [...description.matchAll(/`([a-z_]+\.[a-z_]+)`: /g)].map(([, code = '']) => ({
          name,
          code,
          status: Number(status),
        })),
      ),
    )
    const wrong = described.filter(
      ({ name, code, status }) => statusesAt(name).get(code) !== status,
    )
    expect(wrong).toEqual([])
    const seen = new Set(described.map(({ code }) => code))
    expect([...statuses.keys()].filter((code) => !seen.has(code))).toEqual([])
  })
})

describe('the document at /api/openapi.json', () => {
  test('is served like the other documents: to everybody, with an ETag, by GET and HEAD', async () => {
    const { status, headers } = await server.call(place)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(headers.get('cache-control')).toBe('public, max-age=300')
    const etag = headers.get('etag') ?? ''
    const known = await server.call(place, { headers: { 'if-none-match': etag } })
    expect([known.status, known.text]).toEqual([304, ''])
    const head = await server.call(place, { method: 'HEAD' })
    expect([head.status, head.headers.get('etag')]).toEqual([200, etag])
    const doubled = await server.call(`/api${place}`)
    expect([doubled.status, doubled.headers.get('etag')]).toEqual([200, etag])
    const posted = await server.call(place, { method: 'POST' })
    expect([posted.status, posted.body.code]).toEqual([405, 'method.not_allowed'])
  })
})
