import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type Server } from 'node:http'
import { afterEach, expect, test } from '@jest/globals'
import Koa from 'koa'
import { Streamed, send, streamed } from '../../src/http/streamed.ts'
import { eventually } from '../support/eventually.ts'
import { mostInOneTurn } from '../support/in-one-turn.ts'

let server: Server
afterEach(() => void server.close())

async function answering(
  parts: AsyncGenerator<string>,
  patience?: number,
): Promise<IncomingMessage> {
  const app = new Koa()
  app.on('error', () => {})
  app.use((ctx) => send(ctx, new Streamed('text/plain', parts), patience))
  server = createServer(app.callback()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  get({ host: '127.0.0.1', port, agent: false }, resolve).on('error', reject)
  return await promise
}

interface Endless {
  made: number
  isOver: boolean
}

async function* endless(state: Endless): AsyncGenerator<string> {
  try {
    for (;;) {
      state.made += 1
      yield 'x'.repeat(65_536)
    }
  } finally {
    state.isOver = true
  }
}

test('a stream makes no more than its caller takes, and ends when the caller leaves', async () => {
  const state = { made: 0, isOver: false }
  const response = await answering(endless(state))
  const settled = await eventually(
    async () => {
      const before = state.made
      await new Promise((resolve) => setImmediate(resolve))
      return before > 0 && before === state.made ? before : 0
    },
    (made) => made > 0,
  )
  expect(settled).toBeLessThan(2000)
  expect(state.isOver).toBe(false)
  response.destroy()
  expect(await eventually(() => state.isOver)).toBe(true)
})

test('a stream ends when its caller stays, and takes nothing any more', async () => {
  const state = { made: 0, isOver: false }
  const response = await answering(endless(state), 50)
  response.once('error', () => {})
  expect(await eventually(() => state.isOver)).toBe(true)
})

test('however many streams are taken at once, other work is done between two parts', async () => {
  let made = 0
  async function* parts() {
    for (let part = 0; part < 20; part += 1) {
      made += 1
      yield 'x'
    }
  }
  const read = async () => {
    const { parts: all } = await streamed('text/plain', parts())
    for await (const _part of all);
  }
  const reading = Promise.all(Array.from({ length: 10 }, read))
  const most = await mostInOneTurn(reading, () => made)
  expect(made).toBe(200)
  expect(most).toBeLessThanOrEqual(2)
})

test('a stream that fails on the way breaks off, and does not look whole', async () => {
  async function* failing() {
    yield 'one'
    throw new Error('the store is away')
  }
  const response = await answering(failing())
  response.resume()
  await expect(once(response, 'end')).rejects.toThrow('aborted')
})

test('a stream that fails before its first part is no stream at all', async () => {
  server = createServer()
  // biome-ignore lint/correctness/useYield: it fails before
  async function* failing(): AsyncGenerator<string> {
    throw new Error('not permitted')
  }
  await expect(streamed('text/plain', failing())).rejects.toThrow('not permitted')
})
