import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { bodyRules } from '../../../src/http/input.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { type Caller, callerFor } from './accounts.ts'
import { bodyOf, companyAccount, member, memberCaller, newTree, type Tree } from './companies.ts'
import { filled, type Ids, idsOf, named, type Route, routes } from './every-route.ts'

const withBody = routes.filter(({ body }) => body !== undefined)
const readings = routes.filter(({ method }) => method === 'GET')
/** Members that are the server's alone, and those that object stores and languages give a meaning. */
const foreignMembers = [
  ['id', 'acc_x'],
  ['createdAt', '2020-01-01T00:00:00Z'],
  ['createdBy', 'me'],
  ['updatedAt', 0],
  ['isRoot', true],
  ['roles', ['company-owner']],
  ['bindings', [{ on: 'root', role: 'company-owner' }]],
  ['owner', 'root'],
  ['founder', { kind: 'account', id: 'x' }],
  ['secretHash', 'x'],
  ['credentials', []],
  ['generation', 0],
  ['version', 99],
  ['live', true],
  ['slug', 'taken'],
  ['lastLogin', 0],
  ['$where', '1'],
  ['__proto__', { isRoot: true }],
  ['constructor', { prototype: { isRoot: true } }],
] as const
/** What no path of ours names, in every writing that another reader might take for something. */
const oddIds = [
  '%00',
  'x%00y',
  '%2f',
  '..%2f..',
  '%0a',
  '%FF',
  '%',
  '%E2%80%AE',
  '%F0%9F%98%80',
  '%7B%22$ne%22:null%7D',
  '__proto__',
  'constructor',
  'a:b',
  '*',
  'x'.repeat(4000),
]

/** Bodies beyond what a route reads: of many members, of many items, and of one. */
function largeBodies({ accepts }: Route): readonly string[] {
  const { limitBytes } = bodyRules(accepts)
  const keys = Array.from({ length: limitBytes / 8 }, (_, n) => `"k${n}":1`)
  return [`{${keys.join(',')}}`, JSON.stringify(keys), `{"name":"${'x'.repeat(limitBytes)}"}`]
}

/** The paths of a route, with each of its ids in turn made odd. */
function oddPaths({ method, path }: Route, fill: (path: string) => string) {
  return (path.match(/:\w+/g) ?? []).flatMap((parameter) => {
    const [before = '', after = ''] = path.split(parameter)
    return oddIds.map((odd) => ({ method, at: `${fill(before)}${odd}${fill(after)}` }))
  })
}

/** A value of a member that would be an operator, if anything took it for one. */
const operators = [{ $gt: '' }, { $ne: null }, [{ $ne: null }]]

onEachStore('hostile input', (store) => {
  let server: TestServer
  let own: Tree
  let ids: Ids
  let caller: Caller
  let authorization: string

  beforeAll(async () => {
    server = await startTestServer({ store })
    authorization = `Bearer ${await server.adminToken()}`
    own = await newTree(server)
    ids = await idsOf(server, own)
    caller = await callerFor(server, server.admin)
  })
  afterAll(async () => await server.close())

  const send = async (route: Route, text: string, headers: Record<string, string> = {}) => {
    return await server.call(filled(route.path, ids), {
      method: route.method,
      headers: {
        authorization,
        'client-key': server.admin.clientKey,
        'content-type': 'application/json',
        ...headers,
      },
      body: text,
    })
  }
  const statusOf = async (route: Route, text: string, headers?: Record<string, string>) =>
    [named(route), (await send(route, text, headers)).status] as const

  test('is refused by name where it would set what is the server’s alone', async () => {
    const given = `{${foreignMembers.map(([name, value]) => `"${name}":${JSON.stringify(value)}`).join(',')}}`
    for (const route of withBody) {
      expect(await statusOf(route, given)).toEqual([named(route), 400])
      for (const [name, value] of foreignMembers) {
        const { status, body } = await send(route, `{"${name}":${JSON.stringify(value)}}`)
        expect([named(route), name, status]).toEqual([named(route), name, 400])
        expect(`${body.message}; `).toMatch(/is not known here|is missing|expected/)
      }
    }
    expect(Reflect.get({}, 'isRoot')).toBeUndefined()
  })

  test('never becomes an operator of a store', async () => {
    const members = ['name', 'email', 'role', 'state', 'permission', 'permissions', 'issuer']
    for (const route of withBody) {
      for (const value of operators) {
        const body = Object.fromEntries(members.map((name) => [name, value]))
        expect(await statusOf(route, JSON.stringify(body))).toEqual([named(route), 400])
      }
    }
    for (const { path } of readings) {
      const at = filled(path, ids)
      for (const query of [
        '?q[$ne]=',
        '?name[$ne]=x',
        '?id[$in][]=x',
        '?$where=1',
        '?sort[$gt]=',
      ]) {
        expect([path, query, (await caller('GET', `${at}${query}`)).status < 500]).toEqual([
          path,
          query,
          true,
        ])
      }
    }
  })

  test('is refused for its size before it is read', async () => {
    for (const route of withBody) {
      for (const text of largeBodies(route))
        expect(await statusOf(route, text)).toEqual([named(route), 413])
    }
  })

  test('is refused in any form but JSON', async () => {
    for (const route of withBody) {
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
      ]) {
        const answer = await statusOf(route, '{"name":"x"}', { 'content-type': type })
        expect([type, ...answer]).toEqual([type, named(route), 415])
      }
      for (const text of ['[]', 'null', '1', '"x"', 'true', '{', '[[[[']) {
        expect([text, ...(await statusOf(route, text))]).toEqual([text, named(route), 400])
      }
    }
  })

  test('in the place of an id is nothing that is there', async () => {
    const fill = (path: string) => filled(path, ids)
    for (const { method, at } of routes.flatMap((route) => oddPaths(route, fill))) {
      const { status } = await caller(method, at, method === 'GET' ? undefined : {})
      expect([method, at, [400, 404].includes(status)]).toEqual([method, at, true])
    }
  })
})

/** Every way of asking for whatever can be read. */
function askings(ids: Ids) {
  const ends = ['', '?expand=*', '?fields=credentials', '?include=secrets']
  const types = ['*/*', 'text/html', 'text/csv', 'application/xml']
  return readings.flatMap(({ path }) =>
    ends.flatMap((end) => types.map((accept) => ({ at: `${filled(path, ids)}${end}`, accept }))),
  )
}

describe('a secret', () => {
  let server: TestServer
  let own: Tree
  let ids: Ids
  const secrets: string[] = []

  beforeAll(async () => {
    server = await startTestServer()
    own = await newTree(server)
    ids = await idsOf(server, own)
    const path = `${own.path}/service-accounts/${ids[':clientId']}`
    const added = await server.manage('POST', `${path}/credentials`, {})
    const rotated = await server.manage('POST', `${path}/rotate`, { overlapSeconds: 60 })
    const made = await member(server, own)
    for (const { headers } of [added, rotated])
      expect(headers.get('cache-control')).toBe('no-store')
    secrets.push(
      made.clientSecret,
      bodyOf(added, 201).clientSecret,
      bodyOf(rotated, 200).clientSecret,
    )
    secrets.push(server.admin.clientSecret, server.admin.clientKey)
    for (const secret of secrets) expect(secret).toMatch(/^ost_/)
  })
  afterAll(async () => await server.close())

  test.each(['root', 'company-owner', 'project-admin', 'maintainer', 'reporter', 'guest'])(
    'is read by nobody again, whatever a %s asks for and however',
    async (role) => {
      const caller =
        role === 'root'
          ? await callerFor(server, server.admin)
          : await memberCaller(server, own, { role })
      for (const { at, accept } of askings(ids)) {
        const { text } = await caller('GET', at, undefined, { accept })
        const found = secrets.filter((secret) => text.includes(secret))
        expect([at, found, /"(digest|secretHash)":/.exec(text)?.[0]]).toEqual([at, [], undefined])
      }
    },
  )

  test('of an account that is created again is another one', async () => {
    const body = companyAccount({ name: 'again' })
    const create = async () =>
      bodyOf(await server.manage('POST', `${own.path}/service-accounts`, body), 201).clientSecret
    expect(await create()).not.toBe(await create())
  })

  test('is in no file of the store, and in no line of the log', async () => {
    const folder = join(server.dir, 'data')
    const files = await readdir(folder, { recursive: true, withFileTypes: true })
    // What the first start leaves for the operator is theirs to remove.
    const kept = files.filter((file) => file.isFile() && file.name !== 'bootstrap.json')
    expect(kept.map(({ name }) => name)).toContain('ostiary.db')
    for (const file of kept) {
      const bytes = await readFile(join(file.parentPath, file.name))
      const found = secrets.filter((secret) => bytes.includes(secret))
      expect([file.name, found]).toEqual([file.name, []])
    }
    const log = server.logged.join('')
    expect(secrets.filter((secret) => log.includes(secret))).toEqual([])
  })
})
