import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import { expect, test } from '@jest/globals'
import { describeMongo, newDatabase } from '../storage/mongo-database.ts'
import { launch, newFolder } from './server-process.ts'

const given = {
  OSTIARY_SECRET_PEPPER: 'a pepper that only these tests know, of course',
  OSTIARY_STORAGE_TIMEOUT_SECONDS: '1',
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

/** A door to the real store that opens late. */
async function openDoor(port: number, target: URL): Promise<Server> {
  const door = createServer((near) => {
    const far = connect(Number(target.port || 27017), target.hostname)
    for (const socket of [near, far]) {
      socket.on('error', () => undefined)
      socket.on('close', () => [near, far].map((end) => end.destroy()))
    }
    near.pipe(far).pipe(near)
  })
  door.listen(port, '127.0.0.1')
  await once(door, 'listening')
  return door
}

describeMongo('a store that is away when the server starts', () => {
  test('is waited for, with a line in the log, and used as soon as it is there', async () => {
    const database = newDatabase()
    const target = new URL(database.uri)
    const uri = new URL(database.uri)
    const port = await freePort()
    uri.host = `127.0.0.1:${port}`
    const server = launch(await newFolder(), { ...given, OSTIARY_STORAGE_URI: uri.href })
    await server.says(/waiting for the store/)
    expect(server.log()).not.toContain('"ready"')
    const door = await openDoor(port, target)
    await server.says(/"message":"ready"/)
    expect((await server.token(await server.root())).status).toBe(200)
    server.child.kill('SIGTERM')
    expect((await server.exit).code).toBe(0)
    door.close()
    await database.drop()
  })

  test('ends the start with a message when it does not come', async () => {
    const port = await freePort()
    const server = launch(await newFolder(), {
      ...given,
      OSTIARY_STORAGE_URI: `mongodb://user:hunter2@127.0.0.1:${port}/x`,
      OSTIARY_STORAGE_START_TIMEOUT_SECONDS: '2',
    })
    expect((await server.exit).code).toBe(2)
    expect(server.log()).toContain('waiting for the store')
    expect(server.stderr()).toMatch(/cannot start.*storage\.uri .*no answer within 2 s/)
    expect(server.log() + server.stderr()).not.toContain('hunter2')
  })

  test('can be told to stop while it waits', async () => {
    const server = launch(await newFolder(), {
      ...given,
      OSTIARY_STORAGE_URI: `mongodb://127.0.0.1:${await freePort()}/x`,
    })
    await server.says(/waiting for the store/)
    server.child.kill('SIGTERM')
    expect(await server.exit).toEqual({ code: 0, signal: null })
  })
})
