import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import Router from '@koa/router'
import Koa from 'koa'
import { isProblem } from '../../src/domain/problem.ts'
import { mount, routesOf } from '../../src/http/route.ts'
import { Rows } from '../../src/http/rows.ts'
import { Streamed } from '../../src/http/streamed.ts'
import { Type } from '../../src/schema/type.ts'

const route = routesOf<string>('own')
const facts = { summary: 'x', action: 'none', clientKey: 'optional' } as const
const Things = Type.Object({ things: Type.Array(Type.String()) })

const routes = [
  route({
    ...facts,
    method: 'POST',
    path: '/large/:id',
    name: 'large',
    params: Type.Object({ id: Type.String({ maxLength: 3, expected: 'a short id' }) }),
    query: Type.Object({
      size: Type.Integer({ minimum: 1, maximum: 9, default: 5, expected: 'a size' }),
      kind: Type.Optional(Type.String()),
    }),
    body: Things,
    accepts: { limitBytes: 100_000, types: ['application/vnd.things+json', 'application/x-*'] },
    replies: { 201: Type.Object({ id: Type.String(), size: Type.Integer() }) },
    answer: async (world, { params, query, body }) => [
      201,
      { id: `${world} ${params.id} ${body.things.length}`, size: query.size },
      { 'x-kind': query.kind ?? 'none' },
    ],
  }),
  route({
    ...facts,
    method: 'DELETE',
    path: '/plain',
    name: 'plain',
    replies: { 204: null },
    answer: async () => [204],
  }),
]

const rows = Array.from({ length: 1000 }, (_, n) => `row é ${n}`)
const list = route({
  ...facts,
  method: 'GET',
  path: '/rows',
  name: 'rows',
  replies: { 200: Type.Array(Type.String()) },
  answer: async () => [200, Rows.of(rows, (row) => row)],
})

/** How often it may still be told who asks; then their token is gone. */
let standsFor = Number.POSITIVE_INFINITY
const log = route({
  ...facts,
  method: 'GET',
  path: '/log',
  name: 'log',
  streams: ['text/plain'],
  replies: { 200: Type.String() },
  answer: async () => {
    async function* parts() {
      for (const part of ['one ', 'two ', 'three']) yield part
    }
    return [200, new Streamed('text/plain', parts())]
  },
})

function world(): string {
  standsFor -= 1
  if (standsFor < 0) throw new Error('the token was revoked')
  return 'world'
}

const server = createServer()
let url: string

beforeAll(async () => {
  const app = Object.assign(new Koa(), { silent: true })
  app.use(async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      ctx.status = 400
      ctx.body = isProblem(error) ? { code: error.code, details: error.details } : String(error)
    }
  })
  const router = new Router()
  mount(router, [...routes, list, log], { before: () => [], worldOf: world })
  app.use(router.routes())
  const handle = app.callback()
  server.on('request', (request, response) => void handle(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
})
afterAll(async () => {
  server.close()
  server.closeAllConnections()
})

const type = 'application/vnd.things+json'

async function post(path: string, body: string, contentType = type) {
  const headers = { 'content-type': contentType }
  const response = await fetch(`${url}${path}`, { method: 'POST', body, headers })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

/** Routes that the type checker must refuse, or else it holds no answer to its declaration. */
const wrong = [
  route({
    ...facts,
    method: 'GET',
    path: '/status',
    name: 'status',
    replies: { 200: Type.String() },
    // @ts-expect-error 201 is not declared
    answer: async () => [201, 'x'],
  }),
  route({
    ...facts,
    method: 'GET',
    path: '/body',
    name: 'body',
    replies: { 200: Type.Object({ a: Type.String() }) },
    // @ts-expect-error its body lacks a
    answer: async () => [200, {}],
  }),
  route({
    ...facts,
    method: 'GET',
    path: '/none',
    name: 'none',
    replies: { 204: null },
    // @ts-expect-error there is no body
    answer: async () => [204, 'x'],
  }),
  route({
    ...facts,
    method: 'GET',
    path: '/unread',
    name: 'unread',
    replies: { 200: Type.String() },
    // @ts-expect-error no query is declared, so none is read
    answer: async (_world, { query }) => [200, query.size],
  }),
]

test('a route that answers what it does not declare is refused by the type checker', () => {
  expect(wrong).toHaveLength(4)
})

describe('a declared route', () => {
  test('answers from its world and its input, with status, body and headers', async () => {
    const answer = await post('/large/a?kind=b', '{"things":["c"]}')
    expect([answer.status, answer.body]).toEqual([201, { id: 'world a 1', size: 5 }])
    expect(answer.headers.get('x-kind')).toBe('b')
    const { status } = await fetch(`${url}/plain?unread=1`, { method: 'DELETE' })
    expect(status).toBe(204)
  })

  test.each([
    ['/large/long', '{"things":[]}', 'id: expected a short id'],
    ['/large/a?size=10', '{"things":[]}', 'size: expected a size'],
    ['/large/a?size=1.5', '{"things":[]}', 'size: expected a size'],
    ['/large/a?size=1&size=2', '{"things":[]}', 'size: must be given once'],
    ['/large/a?color=1', '{"things":[]}', 'color: is no parameter here; expected size, kind'],
    ['/large/a', '{}', 'things: is missing'],
  ])('refuses what its schemas do not have: %s %s', async (path, body, said) => {
    const answer = await post(path, body)
    expect(answer.body).toMatchObject({ code: 'request.invalid', details: { said } })
  })

  test('reads bodies up to the size that it declares, and no larger', async () => {
    const things = (size: number) => JSON.stringify({ things: ['a'.repeat(size)] })
    expect((await post('/large/a', things(90_000))).status).toBe(201)
    const { body } = await post('/large/a', things(100_000))
    const details = { limitBytes: 100_000 }
    expect(body).toEqual({ code: 'request.too_large', details })
  })

  test.each(['application/json', 'application/x-', 'application/x-a/b', 'text/x-a'])(
    'refuses a media type that it does not declare: %s',
    async (given) => {
      const { body } = await post('/large/a', '{"things":[]}', given)
      const said = `Content-Type: expected ${type} in UTF-8`
      expect(body).toEqual({ code: 'media.unsupported', details: { said } })
    },
  )

  test('takes any name where its media type has a star', async () => {
    expect((await post('/large/a', '{"things":[]}', 'application/x-y; charset=utf-8')).status).toBe(
      201,
    )
  })
})

describe('a list', () => {
  const text = JSON.stringify(rows)

  test('is sent whole, with its length and type, and by HEAD without its rows', async () => {
    for (const method of ['GET', 'HEAD']) {
      const answer = await fetch(`${url}/rows`, { method })
      const { status, headers } = answer
      expect([status, headers.get('content-length'), headers.get('content-type')]).toEqual([
        200,
        `${Buffer.byteLength(text)}`,
        'application/json; charset=utf-8',
      ])
      expect(await answer.text()).toBe(method === 'GET' ? text : '')
    }
  })

  test('that is known is not sent again', async () => {
    const { headers } = await fetch(`${url}/rows`)
    const known = { 'if-none-match': headers.get('etag') ?? '', 'cache-control': 'max-age=0' }
    const again = await fetch(`${url}/rows`, { headers: known })
    expect([again.status, await again.text(), again.headers.get('content-length')]).toEqual([
      304,
      '',
      null,
    ])
  })
})

test('a stream breaks off before the next part when whoever reads it is no longer let in', async () => {
  const read = async () => await (await fetch(`${url}/log`)).text()
  expect(await read()).toBe('one two three')
  standsFor = 3
  await expect(read()).rejects.toThrow('terminated')
  standsFor = Number.POSITIVE_INFINITY
})
