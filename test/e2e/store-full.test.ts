import { expect, test } from '@jest/globals'
import { describeMongo, newDatabase } from '../storage/mongo-database.ts'
import { refusingProxyTo } from '../storage/refusing-proxy.ts'
import { accountsPath, wanted } from '../support/accounts.ts'
import { eventually } from '../support/eventually.ts'
import { newFolder, type ServerProcess, start, stop } from './server-process.ts'

const noSpace = 'could not extend file "base/5/16704": No space left on device'

async function becomes(server: ServerProcess, status: string) {
  const ready = () => server.call('/-/ready')
  return (await eventually(ready, ({ body }) => body.status === status)).body
}

describeMongo('a MongoDB server whose disk is full', () => {
  test('costs changes alone, also after a restart, and nothing once it has room', async () => {
    const database = newDatabase()
    const proxy = await refusingProxyTo(database)
    const uri = new URL(database.uri)
    uri.host = `127.0.0.1:${proxy.port}`
    const env = {
      OSTIARY_STORAGE_URI: uri.href,
      OSTIARY_SECRET_PEPPER: 'a pepper that only these tests know, of course',
    }
    try {
      const first = await start(await newFolder(), env)
      const root = await first.root()
      const make = (server: ServerProcess) => server.manage(root, 'POST', accountsPath, wanted())
      proxy.refuse({ code: 1, errmsg: noSpace, of: 'documents' })
      const refused = await make(first)
      expect([refused.status, refused.body.code]).toEqual([503, 'store.full'])
      expect(refused.headers['retry-after']).toBe('30')
      expect(await becomes(first, 'degraded')).toMatchObject({ checks: { store: 'read-only' } })
      expect((await first.call('/-/ready')).status).toBe(200)
      expect((await first.call('/-/ready?for=changes')).status).toBe(503)
      expect((await first.token(root)).status).toBe(200)
      expect((await first.token({ ...root, clientSecret: 'wrong' })).status).toBe(401)
      expect(first.log()).toContain('the store has no room: changes wait')
      expect(await stop(first)).toEqual({ code: 0, signal: null })
      const second = await start(first.dir, env)
      expect((await second.token(root)).status).toBe(200)
      expect((await make(second)).body.code).toBe('store.full')
      expect(await becomes(second, 'degraded')).toMatchObject({ checks: { store: 'read-only' } })
      proxy.refuse(undefined)
      expect(await becomes(second, 'ready')).toMatchObject({ checks: { store: 'ok' } })
      expect((await make(second)).status).toBe(201)
      await stop(second)
    } finally {
      await proxy.close()
      await database.drop()
    }
  })
})
