import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { accountsPath, wanted } from '../../support/accounts.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore, type TestStore } from '../../support/stores.ts'
import { callerFor, create, manage } from './accounts.ts'

onEachStore('a caller', (store) => {
  let fresh: ReturnType<TestStore['fresh']>
  let dir: string
  let server: TestServer
  const begin = () => startTestServer({ beside: { env: fresh.env, dir } })

  beforeAll(async () => {
    fresh = store.fresh()
    dir = await mkdtemp(join(tmpdir(), 'ostiary-actors-'))
    server = await begin()
  })
  afterAll(async () => {
    await server.close()
    await fresh.leave()
    await rm(dir, { recursive: true, force: true })
  })

  const ends = [
    ['disabled', 'PATCH', { state: 'disabled' }],
    ['deleted', 'DELETE', undefined],
  ] as const

  test.each(ends)('that was %s after it got its token is 401', async (_, method, body) => {
    const who = await create(server, { permissions: [manage] })
    const call = await callerFor(server, who)
    expect((await call('GET', accountsPath)).status).toBe(200)
    await server.manage(method, `${accountsPath}/${who.clientId}`, body)
    const target = await create(server)
    const path = `${accountsPath}/${target.clientId}`
    const answers = [
      await call('GET', accountsPath),
      await call('POST', accountsPath, wanted()),
      await call('PATCH', path, { description: 'changed' }),
      await call('DELETE', path),
    ]
    for (const answer of answers) {
      expect([answer.status, answer.body.code]).toEqual([401, 'actor.unauthenticated'])
    }
    expect((await server.manage('GET', path)).body.description).not.toBe('changed')
  })

  test('that was disabled and enabled again needs a new token', async () => {
    const who = await create(server, { permissions: [manage] })
    const before = await callerFor(server, who)
    for (const state of ['disabled', 'enabled']) {
      await server.manage('PATCH', `${accountsPath}/${who.clientId}`, { state })
    }
    expect((await before('GET', accountsPath)).status).toBe(401)
  })

  // One process at a time may use a SQLite file.
  if (store.name === 'MongoDB')
    test.each(ends)(
      'that was %s on another server is 401 on this one at once',
      async (_, method, body) => {
        const second = await begin()
        try {
          for (let round = 0; round < 5; round += 1) {
            const who = await create(server, { permissions: [manage] })
            const token = (await second.token(who)).body.access_token
            const headers = { authorization: `Bearer ${token}` }
            await server.manage(method, `${accountsPath}/${who.clientId}`, body)
            const answer = await second.manage('POST', accountsPath, wanted(), headers)
            expect(answer.status).toBe(401)
          }
        } finally {
          await second.close()
        }
      },
    )
})
