import { afterEach, expect, test } from '@jest/globals'
import { collectionsOf } from '../../src/storage/mongo/documents.ts'
import { openMongo } from '../../src/storage/mongo/open.ts'
import { create, eventFor, outcome } from '../contract/samples.ts'
import { noon, sampleAccount } from '../domain/samples.ts'
import { databasePerTest, describeMongo } from './mongo-database.ts'
import { type Refusal, refusingProxyTo } from './refusing-proxy.ts'

const noSpace = 'could not extend file "base/5/16704": No space left on device'

describeMongo('a MongoDB server that answers and takes no writes', () => {
  const closing: (() => Promise<void>)[] = []

  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })
  const database = databasePerTest('leave')

  async function behindProxy() {
    const proxy = await refusingProxyTo(database())
    const uri = new URL(database().uri)
    uri.host = `127.0.0.1:${proxy.port}`
    const store = await openMongo(uri.href)
    closing.push(() => store.close(), proxy.close)
    return { store, proxy }
  }

  const full = 'store.full'
  const away = 'store.unavailable'
  test('is full for health as long as only small writes find room', async () => {
    const { store, proxy } = await behindProxy()
    const refusal = { code: 14031, errmsg: 'disk', of: 'command' } as const
    proxy.refuse(refusal)
    expect(await outcome(create(store))).toBe(full)
    proxy.refuse({ ...refusal, fromBytes: 4096 })
    expect(await outcome(store.probeWrites())).toBe(full)
    proxy.refuse(undefined)
    expect(await outcome(store.probeWrites())).toBe('done')
    const { meta } = collectionsOf(await database().raw())
    expect(Object.keys((await meta.findOne({ _id: 'last_probe' })) ?? {})).toEqual(['_id', 'value'])
  })

  test.each<readonly [string, Refusal, string]>([
    ['MongoDB, of a command', { code: 14031, errmsg: 'disk', of: 'command' }, full],
    ['MongoDB, of a document', { code: 14031, errmsg: 'disk', of: 'documents' }, full],
    ['PostgreSQL, of a command', { code: 1, errmsg: noSpace, of: 'command' }, full],
    ['PostgreSQL, of a document', { code: 1, errmsg: noSpace, of: 'documents' }, full],
    [
      'PostgreSQL, of its quota',
      { code: 1, errmsg: 'could not extend file "base/5/1": Disk quota exceeded', of: 'command' },
      full,
    ],
    [
      'Atlas',
      {
        code: 8000,
        errmsg: 'you are over your space quota, using 513 MB of 512 MB',
        of: 'command',
      },
      full,
    ],
    ['whom nobody may write to', { code: 13, errmsg: 'not authorized', of: 'command' }, away],
    [
      'whose writes are blocked',
      { code: 371, errmsg: 'User writes blocked', of: 'documents' },
      away,
    ],
  ])('fails writes, and its health, until it takes them again: %s', async (_, refusal, code) => {
    const { store, proxy } = await behindProxy()
    const record = await create(store)
    expect(await outcome(store.probeWrites())).toBe('done')
    proxy.refuse(refusal)
    const next = sampleAccount()
    expect(await outcome(store.commit('account', next, eventFor(next)))).toBe(code)
    expect(await outcome(store.reserve('id', noon))).toBe(code)
    expect(await outcome(store.probeWrites())).toBe(code)
    expect(await outcome(store.probeWrites())).toBe(code)
    expect(await store.get('account', record.id)).toBeDefined()
    proxy.refuse(undefined)
    expect(await outcome(store.probeWrites())).toBe('done')
    expect(await outcome(store.commit('account', next, eventFor(next)))).toBe('done')
    expect(await store.reserve('id', noon)).toBe(true)
  })
})
