import { once } from 'node:events'
import { createServer, get, IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, expect, jest, test } from '@jest/globals'
import Koa from 'koa'
import { answersAtOnce } from '../../src/http/answering.ts'
import { Rows } from '../../src/http/rows.ts'
import { tagList } from '../../src/http/tags.ts'
import { eventually } from '../support/eventually.ts'

afterEach(() => {
  jest.restoreAllMocks()
})

function contextOf() {
  const request = new IncomingMessage(new Socket())
  request.method = 'GET'
  return new Koa().createContext(request, new ServerResponse(request))
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
  let [parts, mostAtOnce, isOver] = [0, 0, false]
  const reading = (async () => {
    for await (const _part of ctx.body as AsyncIterable<Buffer>) parts += 1
    isOver = true
  })()
  for (let before = 0; !isOver; before = parts) {
    await nextTurn()
    mostAtOnce = Math.max(mostAtOnce, parts - before)
  }
  await reading
  expect(parts).toBeGreaterThan(20)
  expect(mostAtOnce).toBeLessThan(10)
})

test('a long list is not held for a caller who stays, and takes nothing of it', async () => {
  const app = answersAtOnce(new Koa())
  app.on('error', () => {})
  let isOver = false
  const row = 'x'.repeat(1_000_000)
  app.use(async (ctx) => {
    ctx.res.once('close', () => {
      isOver = true
    })
    const list = async () => {
      ctx.body = Rows.of(Array.from({ length: 40 }), () => row)
    }
    await tagList(ctx, list, 50)
  })
  const server = createServer(app.callback()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  get({ host: '127.0.0.1', port, agent: false }, resolve).on('error', reject)
  const response = await promise
  response.once('error', () => {})
  expect(await eventually(() => isOver)).toBe(true)
  server.close()
})

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
