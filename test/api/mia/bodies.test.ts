import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { accountsPath, wanted } from '../../support/accounts.ts'
import { cpuMs } from '../../support/cpu.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { create } from './accounts.ts'

let server: TestServer
let path: string

beforeAll(async () => {
  server = await startTestServer()
  path = `${accountsPath}/${(await create(server, { name: 'target' })).clientId}`
})
afterAll(async () => await server.close())

async function raw(
  method: string,
  to: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
) {
  return await server.call(to, {
    method,
    body,
    headers: {
      authorization: `Bearer ${await server.adminToken()}`,
      'client-key': server.admin.clientKey,
      'content-type': 'application/json',
      ...headers,
    },
  })
}

describe('a body of any route', () => {
  const good = () => JSON.stringify(wanted())

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'application/json; charset=utf-16',
    '',
  ])('is refused as %j', async (type) => {
    const answer = await raw('POST', accountsPath, good(), { 'content-type': type })
    expect([answer.status, answer.body.code]).toEqual([415, 'media.unsupported'])
    expect(answer.body.message).toContain('application/json')
  })

  test('is refused where it says one thing twice, which is named', async () => {
    const answer = await raw('POST', accountsPath, good().replace('{', '{"permissions":[],'))
    expect([answer.status, answer.body]).toMatchObject([
      400,
      { code: 'request.malformed', message: 'body: has the member "permissions" twice' },
    ])
  })

  test('is accepted as JSON in UTF-8, however that is said', async () => {
    for (const type of [
      'application/json; charset=UTF-8',
      'APPLICATION/JSON;charset="utf-8"',
      'application/merge-patch+json',
    ]) {
      expect((await raw('POST', accountsPath, good(), { 'content-type': type })).status).toBe(201)
    }
  })

  test('is read in a charset like ASCII when it is ASCII, and refused when it is not', async () => {
    for (const charset of ['ISO-8859-1', 'us-ascii', 'utf8', '"UTF-8"']) {
      const headers = { 'content-type': `application/json; charset=${charset}` }
      expect((await raw('POST', accountsPath, good(), headers)).status).toBe(201)
    }
    const headers = { 'content-type': 'application/json; charset=ISO-8859-1' }
    const umlaut = JSON.stringify(wanted({ description: 'ä' }))
    const answer = await raw('POST', accountsPath, umlaut, headers)
    expect([answer.status, answer.body.code]).toEqual([415, 'media.unsupported'])
  })

  test('is refused in any content coding', async () => {
    for (const coding of ['gzip', 'deflate', 'br']) {
      const body = new Uint8Array(gzipSync(good()))
      const answer = await raw('POST', accountsPath, body, { 'content-encoding': coding })
      expect([answer.status, answer.body.code]).toEqual([415, 'media.unsupported'])
    }
  })

  test('is refused when it nests more than 32 levels, wherever it is sent and whatever nests', async () => {
    const lists = `${'['.repeat(5000)}${']'.repeat(5000)}`
    const objects = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`
    for (const nested of [lists, objects, '['.repeat(60_000)]) {
      for (const body of [nested, `{"publicKey":${nested}}`, `{"name":${nested}}`]) {
        for (const [method, to] of [
          ['POST', accountsPath],
          ['PATCH', path],
          ['POST', `${path}/credentials`],
        ] as const) {
          const { status, body: said } = await raw(method, to, body)
          expect([status, said.code, said.message]).toEqual([
            400,
            'request.malformed',
            'body: has more than 32 levels',
          ])
        }
      }
    }
  })

  test('is refused above 64 KiB, wherever it is sent', async () => {
    const large = JSON.stringify(wanted({ description: 'a'.repeat(64 * 1024) }))
    for (const [method, to] of [
      ['POST', accountsPath],
      ['PATCH', path],
      ['POST', `${path}/rotate`],
      ['POST', `${path}/credentials`],
    ] as const) {
      const answer = await raw(method, to, large)
      expect([answer.status, answer.body.code]).toEqual([413, 'request.too_large'])
    }
  })

  test('is refused above 64 KiB when its length is not announced', async () => {
    const chunk = new TextEncoder().encode(' '.repeat(16 * 1024))
    const body = ReadableStream.from(Array.from({ length: 8 }, () => chunk))
    const answer = await server.call(accountsPath, {
      method: 'POST',
      body,
      duplex: 'half',
      headers: {
        authorization: `Bearer ${await server.adminToken()}`,
        'client-key': server.admin.clientKey,
        'content-type': 'application/json',
      },
    })
    expect(answer.status).toBe(413)
  })

  test.each([
    ['half an object', '{"name":'],
    ['a comma too many', '{"name":"a",}'],
    ['single quotes', "{'name':'a'}"],
    ['a BOM in the middle', '{"name":\ufeff"a"}'],
    ['deep brackets that never close', '['.repeat(30_000)],
  ])('is refused when it is not JSON: %s', async (_, text) => {
    const answer = await raw('POST', accountsPath, text)
    expect([answer.status, answer.body.code]).toEqual([400, 'request.malformed'])
  })

  test('is refused when it is not UTF-8', async () => {
    const answer = await raw('POST', accountsPath, new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]))
    expect([answer.status, answer.body.code]).toEqual([400, 'request.malformed'])
  })

  test.each(['[]', 'null', '5', '"text"', 'true'])('is refused as %s', async (text) => {
    const answer = await raw('POST', accountsPath, text)
    expect([answer.status, answer.body.code]).toEqual([400, 'request.invalid'])
    expect(answer.body.message).toContain('a JSON object')
  })

  test('costs next to nothing to refuse, however many members it has or however deep it goes', async () => {
    const many = Object.fromEntries(Array.from({ length: 6000 }, (_, n) => [`m${n}`, 0]))
    const deep = `{"publicKey":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_001)}`
    const work = async () => {
      expect((await raw('POST', accountsPath, JSON.stringify(many))).status).toBe(400)
      expect((await raw('POST', accountsPath, deep)).status).toBe(400)
    }
    expect(await cpuMs(work)).toBeLessThan(2000)
  })

  test('cannot reach a prototype', async () => {
    const text = `{"__proto__":{"polluted":true},${JSON.stringify(wanted()).slice(1)}`
    const answer = await raw('POST', accountsPath, text)
    expect([answer.status, answer.body.field]).toEqual([400, '__proto__'])
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})
