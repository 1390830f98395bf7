import { once } from 'node:events'
import {
  createServer,
  IncomingMessage,
  type RequestOptions,
  request,
  ServerResponse,
} from 'node:http'
import { Socket } from 'node:net'
import { afterEach, expect, jest, test } from '@jest/globals'
import Koa from 'koa'
import { answersAtOnce } from '../../src/http/answering.ts'
import { Rows } from '../../src/http/rows.ts'
import { tagList } from '../../src/http/tags.ts'
import { eventually } from '../support/eventually.ts'
import { mostInOneTurn } from '../support/in-one-turn.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
  jest.restoreAllMocks()
})

function contextOf() {
  const message = new IncomingMessage(new Socket())
  message.method = 'GET'
  return new Koa().createContext(message, new ServerResponse(message))
}

/** A clock by which whoever looks at it has worked for an eighth of a millisecond. */
function passTime(): void {
  let ms = 0
  jest.spyOn(performance, 'now').mockImplementation(() => {
    ms += 0.125
    return ms
  })
}

test('a long list is sent for a millisecond in each turn, however fast it is read', async () => {
  passTime()
  const ctx = contextOf()
  const row = 'x'.repeat(20_000)
  await tagList(ctx, async () => {
    ctx.body = Rows.of(Array.from({ length: 200 }), () => row)
  })
  let parts = 0
  const reading = (async () => {
    for await (const _part of ctx.body as AsyncIterable<Buffer>) parts += 1
  })()
  const mostAtOnce = await mostInOneTurn(reading, () => parts)
  expect(parts).toBeGreaterThan(20)
  expect(mostAtOnce).toBeLessThan(10)
})

/** Serves a list, and tells when the answer to each request is over. */
async function serving(row: string, onEnd: () => void = () => {}, patience?: number) {
  const app = answersAtOnce(new Koa())
  app.on('error', () => {})
  app.use(async (ctx) => {
    ctx.res.once('close', onEnd)
    const list = async () => {
      ctx.body = Rows.of(Array.from({ length: 40 }), () => row)
    }
    await tagList(ctx, list, patience)
  })
  const server = createServer(app.callback()).listen(0, '127.0.0.1')
  closing.push(() => void server.close())
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

/** The head of an answer, whose body waits to be read. */
async function asked(options: RequestOptions): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const call = request({ host: '127.0.0.1', agent: false, ...options }, resolve)
  call.on('error', reject).end()
  return await promise
}

test('a long list is not held for a caller who stays, and takes nothing of it', async () => {
  let isOver = false
  const onEnd = () => {
    isOver = true
  }
  const port = await serving('x'.repeat(1_000_000), onEnd, 50)
  const response = await asked({ port })
  response.once('error', () => {})
  expect(await eventually(() => isOver)).toBe(true)
})

test.each([
  ['short', 10],
  ['long', 10_000],
])(
  'a %s list has the same head without its body, and none of that for who has it already',
  async (_, length) => {
    const port = await serving('x'.repeat(length))
    const seen = async (method: string, headers: Readonly<Record<string, string>> = {}) => {
      const answer = await asked({ port, method, headers })
      const { 'content-type': type, 'content-length': size, etag } = answer.headers
      const body = Buffer.concat(await answer.toArray())
      return { status: answer.statusCode, type, size, etag, bytes: body.length }
    }
    const bytes = 40 * (length + 3) + 1
    const got = await seen('GET')
    expect(got).toMatchObject({ status: 200, size: String(bytes), bytes })
    expect(await seen('HEAD')).toEqual({ ...got, bytes: 0 })
    for (const method of ['GET', 'HEAD']) {
      const none = { status: 304, etag: got.etag, bytes: 0 }
      expect(await seen(method, { 'If-None-Match': got.etag ?? '' })).toEqual(none)
    }
  },
)

test('a list is made no further when its caller is gone', async () => {
  passTime()
  const ctx = contextOf()
  const socket = new Socket()
  ctx.res.assignSocket(socket)
  let made = 0
  await tagList(ctx, async () => {
    ctx.body = Rows.of(Array.from({ length: 1000 }), () => {
      made += 1
      if (made === 100) socket.destroy()
      return made
    })
  })
  expect(made).toBeGreaterThan(99)
  expect(made).toBeLessThan(120)
  expect(ctx.res.hasHeader('ETag')).toBe(false)
})

test('a list that fails in the middle fails as a whole, and nothing is told of its page', async () => {
  const ctx = contextOf()
  const broken = new Error('the store is away')
  const read = async (some: readonly number[]) => {
    if (some.includes(150)) throw broken
    return some
  }
  const listed = Array.from({ length: 200 }, (_, n) => n)
  const failing = tagList(ctx, async () => {
    ctx.set({ Link: '<?page=1>; rel="first"', 'X-Total-Count': '200' })
    ctx.body = Rows.read(listed, read, (n) => n)
  })
  await expect(failing).rejects.toBe(broken)
  const told = ['link', 'x-total-count', 'etag'].filter((name) => name in ctx.response.headers)
  expect(told).toEqual([])
})
