import { once } from 'node:events'
import { Agent } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from '@jest/globals'
import { describeMongo, newDatabase } from '../storage/mongo-database.ts'
import { proxyTo } from '../storage/proxy.ts'
import { eventually } from '../support/eventually.ts'
import { tokenPath } from '../support/server.ts'
import { callPort, launch, newFolder, start, tokenCall } from './server-process.ts'

/** No test has that long: what ends within one has not waited for the drain. */
const endlessDrain = { OSTIARY_HTTP_DRAIN_SECONDS: '300' }

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s ends an idle server at once, with 0',
  async (signal) => {
    const server = await start(await newFolder(), endlessDrain)
    server.child.kill(signal)
    expect(await server.exit).toEqual({ code: 0, signal: null })
    expect(server.stderr()).toBe('')
  },
)

test('a signal that comes again and again changes nothing', async () => {
  const server = await start(await newFolder())
  for (const signal of ['SIGTERM', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGTERM'] as const) {
    server.child.kill(signal)
  }
  await eventually(() => server.log().includes('stopping'))
  server.child.kill('SIGTERM')
  expect(await server.exit).toEqual({ code: 0, signal: null })
  expect(server.log().match(/"stopping/g)).toHaveLength(1)
})

test('a server that is told to stop drops no request of the clients that keep it busy', async () => {
  const server = await start(await newFolder())
  const root = await server.root()
  const agent = new Agent({ keepAlive: true, maxSockets: 20 })
  const statuses = new Map<number, number>()
  const faults: string[] = []
  const client = async () => {
    for (;;) {
      const { status } = await server.call(tokenPath, { ...tokenCall(root), agent })
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  }
  const note = (error: unknown) => faults.push(String(error).replace(/[\d.:]+$/, ''))
  const clients = Array.from({ length: 20 }, () => client().catch(note))
  expect(await eventually(() => (statuses.get(200) ?? 0) > 300)).toBe(true)
  server.child.kill('SIGTERM')
  expect(await server.exit).toEqual({ code: 0, signal: null })
  await Promise.all(clients)
  agent.destroy()
  expect([...statuses.keys()]).toEqual([200])
  // Nobody listens any more: that is an answer to a new connection, not a request that was dropped.
  expect([...new Set(faults)]).toEqual(['Error: connect ECONNREFUSED '])
})

test('a request that is on its way is still answered, and a stuck one ends with the drain', async () => {
  const server = await start(await newFolder(), { OSTIARY_HTTP_DRAIN_SECONDS: '2' })
  const root = await server.root()
  const { body = '', headers = {} } = tokenCall(root)
  const head = [
    `POST ${tokenPath} HTTP/1.1`,
    'Host: localhost',
    `Content-Length: ${body.length}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n')
  const open = () => {
    const socket = connect(server.port(), '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(head + body.slice(0, 5))
    return socket
  }
  const [slow, stuck] = [open(), open()]
  let answer = ''
  slow.on('data', (chunk) => {
    answer += chunk
  })
  await Promise.all([once(slow, 'connect'), once(stuck, 'connect')])
  expect((await server.call('/-/healthz')).status).toBe(200)
  server.child.kill('SIGTERM')
  await server.says(/stopping/)
  slow.write(body.slice(5))
  expect(await eventually(() => answer.includes('access_token'))).toBe(true)
  expect(answer).toMatch(/^HTTP\/1.1 200 /)
  expect(await server.exit).toEqual({ code: 0, signal: null })
  stuck.destroy()
})

test('a connection that never said a word does not hold up the end', async () => {
  const server = await start(await newFolder(), endlessDrain)
  const socket = connect(server.port(), '127.0.0.1')
  await once(socket, 'connect')
  const closed = once(socket, 'close')
  server.child.kill('SIGTERM')
  expect(await server.exit).toEqual({ code: 0, signal: null })
  await closed
})

test('npm start passes SIGTERM on, and no server is left behind', async () => {
  const server = launch(await newFolder(), {}, ['npm', 'start'])
  await server.says(/"message":"ready"/)
  const port = server.port()
  server.child.kill('SIGTERM')
  expect(await eventually(() => server.log().includes('"stopped"'))).toBe(true)
  await server.exit
  await expect(callPort(port, '/-/healthz')).rejects.toThrow('ECONNREFUSED')
})

describeMongo('a server whose store is silent', () => {
  test('stops all the same, with 0', async () => {
    const database = newDatabase()
    const target = new URL(database.uri)
    const proxy = await proxyTo(Number(target.port || 27017), target.hostname)
    target.host = `127.0.0.1:${proxy.port}`
    try {
      const server = await start(await newFolder(), {
        OSTIARY_STORAGE_URI: target.href,
        OSTIARY_SECRET_PEPPER: 'a pepper that only these tests know, of course',
      })
      const root = await server.root()
      expect((await server.token({ ...root, clientSecret: 'wrong' })).status).toBe(401)
      proxy.become('silent')
      server.child.kill('SIGTERM')
      expect(await server.exit).toEqual({ code: 0, signal: null })
    } finally {
      await proxy.close()
      await database.drop()
    }
  })
})
