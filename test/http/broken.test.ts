import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from '@jest/globals'
import { brokenAnswerer } from '../../src/http/broken.ts'
import { sendRaw } from '../e2e/support/wire.ts'
import { eventually } from '../support/eventually.ts'

let server: Server
afterEach(() => void server.closeAllConnections())
afterEach(() => void server.close())

const said: number[] = []

async function answering(handler: RequestListener, patience?: number): Promise<{ url: string }> {
  said.length = 0
  const broken = brokenAnswerer(({ status }) => void said.push(status), patience)
  server = createServer((request, response) => {
    broken.note(request, response)
    handler(request, response)
  })
  server.on('clientError', broken.answer)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` }
}

const ask = (n: number) => `GET /${n} HTTP/1.1\r\nHost: x\r\n\r\n`
const post = (...lines: string[]) => `POST /body HTTP/1.1\r\nHost: x\r\n${lines.join('\r\n')}`
const bad = 'BAD\r\n\r\n'

/** Each answer with its body, in the order in which they came. */
function answersIn(raw: string): string[] {
  return raw.split(/(?=HTTP\/1\.1 )/).map((each) => {
    const body = each.includes('"statusCode"') ? '' : ` ${each.split('\r\n').at(-1)}`
    return `${each.slice(9, 12)}${body}`
  })
}

/** Answers with the path, later than what comes after it. */
const slowly: RequestListener = ({ url }, response) => {
  setImmediate(() => response.end(url))
}

describe('what is no HTTP, behind requests that are', () => {
  test('is refused after each of them was answered, in their order', async () => {
    const target = await answering(slowly)
    const asked = Array.from({ length: 50 }, (_, n) => n)
    const { raw } = await sendRaw(target, asked.map(ask).join('') + bad)
    expect(answersIn(raw)).toEqual([...asked.map((n) => `200 /${n}`), '400'])
    expect(said).toEqual([400])
  })

  test('is refused once, however much of it follows', async () => {
    const first = ask(1) + bad
    const target = await answering(async ({ socket }, response) => {
      caller.write(bad)
      const both = first.length + bad.length
      await eventually(
        async () => socket.bytesRead,
        (length) => length === both,
      )
      response.end('answered')
    })
    const caller = connect(Number(new URL(target.url).port), '127.0.0.1')
    caller.write(first)
    expect(answersIn(await text(caller))).toEqual(['200 answered', '400'])
    expect(said).toEqual([400])
  })

  test('does not take the answer from a request that asked to close the connection', async () => {
    const target = await answering(slowly)
    const closing = 'GET /1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
    const { raw } = await sendRaw(target, closing + bad)
    expect(answersIn(raw)).toEqual(['200 /1'])
  })

  test('is answered in the place of the request whose body it is', async () => {
    const held = await answering((request, response) => {
      if (request.url !== '/body') slowly(request, response)
    })
    const chunked = post('Transfer-Encoding: chunked', '', 'no length\r\n')
    const { raw } = await sendRaw(held, ask(1) + ask(2) + chunked)
    expect(answersIn(raw)).toEqual(['200 /1', '200 /2', '400'])
  })

  test('gets no second answer when it is the body of a request that has one', async () => {
    const target = await answering(({ url }, response) => void response.end(url))
    const { raw } = await sendRaw(target, post('Transfer-Encoding: chunked', '', 'no length\r\n'))
    expect(answersIn(raw)).toEqual(['200 /body'])
    expect(said).toEqual([])
  })

  test('holds a connection no longer than it may, when an answer does not come', async () => {
    const target = await answering(() => {}, 20)
    expect(await sendRaw(target, ask(1) + bad)).toMatchObject({ raw: '' })
  })

  test('holds a connection no longer than it may, when its caller takes nothing', async () => {
    const large = 'x'.repeat(64 * 1024 * 1024)
    const target = await answering((_, response) => void response.end(large), 20)
    const kept: Socket[] = []
    server.on('connection', (socket) => void kept.push(socket))
    const caller = connect(Number(new URL(target.url).port), '127.0.0.1')
    caller.on('error', () => {})
    caller.pause()
    caller.write(ask(1) + bad)
    await eventually(
      async () => kept.map(({ destroyed }) => destroyed),
      ([isGone]) => isGone === true,
    )
    caller.destroy()
  })
})
