import { once } from 'node:events'
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { afterEach, describe, expect, test } from '@jest/globals'
import Koa, { type Middleware } from 'koa'
import { answersAtOnce } from '../../src/http/answering.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function serving(
  app: Koa,
  ...uses: Middleware[]
): Promise<{ url: string; failed: string[] }> {
  const failed: string[] = []
  app.on('error', ({ message }) => failed.push(message))
  for (const use of uses) app.use(use)
  const server = createServer(app.callback()).listen(0, '127.0.0.1')
  closing.push(() => void server.close())
  await once(server, 'listening')
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, failed }
}

/** What a call may leave: each is made anew, since a stream is read once. */
const bodies: readonly (() => { readonly body?: unknown; readonly status?: number })[] = [
  () => ({ body: 'é' }),
  () => ({ body: Buffer.from('é') }),
  () => ({ body: { name: 'é' } }),
  () => ({ body: [] }),
  () => ({ body: Readable.from(['a', 'b'], { objectMode: false }) }),
  () => ({ status: 204 }),
  () => ({ body: 'stale', status: 304 }),
]

async function seen(url: string, method: string) {
  const answer = await fetch(url, { method })
  const [type, length] = ['content-type', 'content-length'].map((name) => answer.headers.get(name))
  return { status: answer.status, type, length, body: await answer.text() }
}

describe('an application that answers at once', () => {
  test.each(['GET', 'HEAD'])('answers %s as Koa does, whatever the body is', async (method) => {
    for (const left of bodies) {
      const use: Middleware = (ctx) => void Object.assign(ctx, left())
      const [ours, koas] = [
        await serving(answersAtOnce(new Koa()), use),
        await serving(new Koa(), use),
      ]
      expect(await seen(ours.url, method)).toEqual(await seen(koas.url, method))
    }
  })

  test('leaves the end of an answer to Node alone', async () => {
    const { url } = await serving(answersAtOnce(new Koa()), (ctx) => {
      ctx.body = { listening: ctx.res.listenerCount('finish') }
    })
    expect(await (await fetch(url)).json()).toEqual({ listening: 1 })
  })

  test.each([new Error('broken'), 'no error'])(
    'answers 500 and tells of what is thrown',
    async (thrown) => {
      const { url, failed } = await serving(answersAtOnce(new Koa()), () => {
        throw thrown
      })
      expect(await seen(url, 'GET')).toMatchObject({ status: 500, body: 'Internal Server Error' })
      expect(failed).toHaveLength(1)
    },
  )

  test('breaks the connection where a stream fails on its way', async () => {
    const { url } = await serving(answersAtOnce(new Koa()), (ctx) => {
      const parts = async function* () {
        yield 'begun'
        throw new Error('broken')
      }
      ctx.body = Readable.from(parts(), { objectMode: false })
    })
    await expect(fetch(url).then((answer) => answer.text())).rejects.toThrow('terminated')
  })
})
