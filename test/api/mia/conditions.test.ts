import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { accountsPath } from '../../support/accounts.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { create } from './accounts.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => await server.close())

/** An account in its second version, and calls about it under conditions. */
async function second() {
  const path = `${accountsPath}/${(await create(server)).clientId}`
  await server.manage('PATCH', path, { description: 'second' })
  return {
    change: (headers: Record<string, string>) =>
      server.manage('PATCH', path, { description: 'third' }, headers),
    read: (headers: Record<string, string>) => server.manage('GET', path, undefined, headers),
  }
}

const http = (at: number) => new Date(at).toUTCString()
const hourMs = 3_600_000
const now = () => Date.now() + server.clock.offset

describe('a change under conditions (RFC 9110 §13)', () => {
  test.each<readonly [string, () => Record<string, string>]>([
    ['a list that names the version', () => ({ 'if-match': '"1", "2"' })],
    ['a list with a weak tag and the strong one', () => ({ 'if-match': 'W/"2","2"' })],
    ['a list with tags of others', () => ({ 'if-match': '"abc" , W/"x", "2"' })],
    ['a list with tags that have commas', () => ({ 'if-match': '"a,b", W/",", "2"' })],
    ['a list with tags beyond ASCII', () => ({ 'if-match': '"\u00e9", "2"' })],
    ['whatever is there', () => ({ 'if-match': '*' })],
    ['none of other versions', () => ({ 'if-none-match': '"1", W/"3"' })],
    ['no change since a moment from now', () => ({ 'if-unmodified-since': http(now() + 5000) })],
    ['no HTTP date', () => ({ 'if-unmodified-since': 'yesterday' })],
    [
      'its version, which counts before a date',
      () => ({ 'if-match': '"2"', 'if-unmodified-since': http(now() - hourMs) }),
    ],
  ])('is made under %s', async (_, headers) => {
    const { change, read } = await second()
    expect((await change(headers())).status).toBe(200)
    expect((await read({})).body.description).toBe('third')
  })

  test.each<readonly [string, () => Record<string, string>, string, string]>([
    ['a list without the version', () => ({ 'if-match': '"1", "3"' }), 'If-Match', 'has changed'],
    ['a weak tag', () => ({ 'if-match': 'W/"2"' }), 'If-Match', 'weak tag'],
    ['a weak tag of another version', () => ({ 'if-match': 'W/"1"' }), 'If-Match', 'has changed'],
    ['a tag of others', () => ({ 'if-match': '"abc"' }), 'If-Match', 'has changed'],
    ['a tag with a comma', () => ({ 'if-match': '"1,2"' }), 'If-Match', 'has changed'],
    ['a list without a tag', () => ({ 'if-match': ' , ' }), 'If-Match', 'has changed'],
    ['a list that is empty', () => ({ 'if-match': '' }), 'If-Match', 'has changed'],
    ['no such version', () => ({ 'if-none-match': '"2"' }), 'If-None-Match', 'it is there'],
    ['no such version, weakly', () => ({ 'if-none-match': 'W/"2"' }), 'If-None-Match', 'it is'],
    ['nothing there', () => ({ 'if-none-match': '*' }), 'If-None-Match', 'it is there'],
    [
      'no change for an hour',
      () => ({ 'if-unmodified-since': http(now() - hourMs) }),
      'If-Unmodified-Since',
      'has changed',
    ],
  ])('is refused under %s, and the answer says why', async (_, headers, field, said) => {
    const { change, read } = await second()
    const answer = await change(headers())
    expect([answer.status, answer.body.code, answer.body.field]).toEqual([
      412,
      'version.stale',
      field,
    ])
    expect(answer.body.message).toContain(said)
    expect((await read({})).body.description).toBe('second')
  })

  test.each(['2', '"2', 'w/"2"', '*, "2"', '"2" "3"', '"1, "2"', '"1""2"'])(
    'is refused as malformed when If-Match is no list of tags: %s',
    async (ifMatch) => {
      const { change } = await second()
      const answer = await change({ 'if-match': ifMatch })
      expect([answer.status, answer.body.code, answer.body.field]).toEqual([
        400,
        'request.malformed',
        'If-Match',
      ])
    },
  )
})

describe('a reading under conditions', () => {
  test.each<readonly [string, (tag: string) => string]>([
    ['its tag', (tag) => tag],
    ['its tag, weakly', (tag) => `W/${tag}`],
    ['its tag among others', (tag) => `"1", ${tag}`],
    ['whatever is there', () => '*'],
  ])('is not sent again to who has it: %s', async (_, known) => {
    const { read } = await second()
    const tag = (await read({})).headers.get('etag') ?? ''
    const answer = await read({ 'if-none-match': known(tag), 'cache-control': 'max-age=0' })
    expect([answer.status, answer.text, answer.headers.get('etag')]).toEqual([304, '', tag])
  })

  test('is sent to who has another version, or none', async () => {
    const { read } = await second()
    for (const headers of [
      { 'if-none-match': '"1"' },
      { 'if-none-match': '"2"' },
      { 'if-match': '"2"' },
      { 'if-match': '*' },
    ]) {
      const answer = await read({ ...headers, 'cache-control': 'max-age=0' })
      expect([answer.status, answer.body.description]).toEqual([200, 'second'])
    }
    expect((await read({ 'if-match': '"1"' })).status).toBe(412)
  })
})
