import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mostClientKeys } from '../../../src/domain/client-keys/limits.ts'
import { accountsPath } from '../../support/accounts.ts'
import { eventually } from '../../support/eventually.ts'
import { type Answer, startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { passTime } from './accounts.ts'

const root = '/api/client-keys'
const minuteMs = 60_000
const uniqueName = () => `key ${randomBytes(6).toString('hex')}`

onEachStore('client keys', (store) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ store })
  })
  afterAll(async () => await server.close())

  /** Calls as root without naming an application. */
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> =>
    await server.call(path, {
      method,
      headers: {
        authorization: `Bearer ${await server.adminToken()}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  /** Lists accounts as an application that names itself by this key. */
  const statusWith = async (key: string) =>
    (await call('GET', accountsPath, undefined, { 'client-key': key })).status
  const made = async (given: object = {}): Promise<{ id: string; clientKey: string }> =>
    (await call('POST', root, { name: uniqueName(), ...given })).body

  describe('a client key', () => {
    test('is shown once, when it is made, and names its application from then on', async () => {
      const name = uniqueName()
      const answer = await call('POST', root, { name })
      expect(answer.status).toBe(201)
      const { id, clientKey } = answer.body
      expect(Object.keys(answer.body)).toEqual(['id', 'clientKey'])
      expect(clientKey).toMatch(/^ost_ck_/)
      expect(await statusWith(clientKey)).toBe(200)
      const read = await call('GET', `${root}/${id}`)
      expect(read.body).toMatchObject({ id, name, state: 'enabled' })
      expect(read.body.createdBy).toBe(server.admin.clientId)
      const list = await call('GET', root)
      expect(list.body.map((key: { id: string }) => key.id)).toContain(id)
      for (const { text } of [read, list]) expect(text).not.toContain(clientKey.slice(7))
    })

    test('is listed with the first one, oldest first', async () => {
      await made()
      const [first] = (await call('GET', root)).body
      expect(first).toMatchObject({ name: 'initial', state: 'enabled', createdBy: 'first start' })
    })

    test('that is disabled is refused, and accepted again when it is enabled', async () => {
      const { id, clientKey } = await made()
      const disabled = await call('PATCH', `${root}/${id}`, { state: 'disabled' })
      expect([disabled.status, disabled.body.state]).toEqual([200, 'disabled'])
      expect(await statusWith(clientKey)).toBe(401)
      await call('PATCH', `${root}/${id}`, { state: 'enabled' })
      expect(await statusWith(clientKey)).toBe(200)
    })

    test('that is deleted is gone for good, and its name is free', async () => {
      const name = uniqueName()
      const { id, clientKey } = await made({ name })
      expect((await call('DELETE', `${root}/${id}`)).status).toBe(204)
      expect(await statusWith(clientKey)).toBe(401)
      for (const method of ['GET', 'DELETE']) {
        const { status, body } = await call(method, `${root}/${id}`)
        expect([status, body.code]).toEqual([404, 'client_key.not_found'])
      }
      expect((await call('POST', root, { name })).status).toBe(201)
    })

    test('is good until its end, and not from that moment on', async () => {
      const ends = Date.now() + server.clock.offset + 10 * minuteMs
      const { clientKey, id } = await made({ expiresAt: new Date(ends).toISOString() })
      expect(await statusWith(clientKey)).toBe(200)
      expect((await call('GET', `${root}/${id}`)).body.expiresAt).toBe(new Date(ends).toISOString())
      await passTime(server, 11 * minuteMs)
      expect(await statusWith(clientKey)).toBe(401)
    })

    test('whose end has passed is not made', async () => {
      const answer = await call('POST', root, {
        name: uniqueName(),
        expiresAt: '2020-01-01T00:00:00Z',
      })
      expect([answer.status, answer.body.field]).toEqual([400, 'expiresAt'])
    })

    test('tells when an application last named itself with it', async () => {
      const { id, clientKey } = await made()
      expect((await call('GET', `${root}/${id}`)).body).not.toHaveProperty('lastUsedAt')
      const before = Date.now() + server.clock.offset
      await statusWith(clientKey)
      server.clock.offset += 2 * minuteMs
      const used = async () => (await call('GET', `${root}/${id}`)).body.lastUsedAt
      const lastUsedAt = await eventually(used)
      const { lastUsedFrom } = (await call('GET', `${root}/${id}`)).body
      expect(lastUsedFrom).toBe('127.0.0.1')
      expect(Date.parse(lastUsedAt)).toBeGreaterThanOrEqual(before)
      const listed = (await call('GET', root)).body
      expect(listed.find((key: { id: string }) => key.id === id).lastUsedAt).toBe(lastUsedAt)
    })
  })

  describe('the name of a client key', () => {
    test('is had by one of them, without regard to case', async () => {
      const name = uniqueName()
      const { id } = await made({ name })
      const other = await made()
      for (const answer of [
        await call('POST', root, { name: name.toUpperCase() }),
        await call('POST', root, { name: 'INITIAL' }),
        await call('PATCH', `${root}/${other.id}`, { name: name.toUpperCase() }),
      ]) {
        expect([answer.status, answer.body.code]).toEqual([409, 'name.taken'])
      }
      const cased = await call('PATCH', `${root}/${id}`, { name: name.toUpperCase() })
      expect([cased.status, cased.body.name]).toEqual([200, name.toUpperCase()])
    })

    test('goes to one of many who choose it at the same moment', async () => {
      const name = uniqueName()
      const answers = await Promise.all([1, 2, 3, 4].map(() => call('POST', root, { name })))
      expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409])
    })
  })

  describe('a change of a client key', () => {
    test('is refused when it changed since the version that If-Match names', async () => {
      const { id } = await made()
      const path = `${root}/${id}`
      const etag = (await call('GET', path)).headers.get('etag') ?? ''
      const first = await call('PATCH', path, { state: 'disabled' }, { 'if-match': etag })
      expect([first.status, first.headers.get('etag')]).toEqual([
        200,
        expect.stringMatching(/^"2\./),
      ])
      for (const [method, body] of [
        ['PATCH', { state: 'enabled' }],
        ['DELETE', undefined],
      ] as const) {
        const stale = await call(method, path, body, { 'if-match': etag })
        expect([stale.status, stale.body.code]).toEqual([412, 'version.stale'])
      }
      expect((await call('DELETE', path, undefined, { 'if-match': '"2"' })).status).toBe(204)
    })

    test.each([{}, { value: 'mine' }, { state: 'off' }, { name: '' }])(
      'that is none is refused: %j',
      async (body) => {
        const { id } = await made()
        expect((await call('PATCH', `${root}/${id}`, body)).status).toBe(400)
      },
    )

    test('is in the audit log with what changed, and without the value', async () => {
      const name = uniqueName()
      const { id, clientKey } = await made({ name })
      await call('PATCH', `${root}/${id}`, { name: `${name} too`, state: 'disabled' })
      await call('DELETE', `${root}/${id}`)
      const { body, text } = await call('GET', `/api/audit?target=${id}`)
      expect(body).toMatchObject([
        { action: 'client_key.delete' },
        {
          action: 'client_key.update',
          before: { name, active: true },
          after: { name: `${name} too`, active: false },
        },
        {
          action: 'client_key.create',
          actor: { id: server.admin.clientId },
          target: { kind: 'client_key', id, name },
          after: { name, active: true },
        },
      ])
      expect(text).not.toContain(clientKey.slice(7))
    })
  })

  test('whoever has deleted every client key makes another with a token alone', async () => {
    const { body } = await call('GET', root)
    for (const { id } of body) await call('DELETE', `${root}/${id}`)
    expect((await call('GET', root)).body).toEqual([])
    expect((await call('GET', accountsPath)).status).toBe(401)
    const { clientKey } = await made()
    expect(await statusWith(clientKey)).toBe(200)
  })

  test(`there are at most ${mostClientKeys} client keys`, async () => {
    const left = mostClientKeys - (await call('GET', root)).body.length
    for (let n = 0; n < left; n += 1) await made()
    const { status, body } = await call('POST', root, { name: uniqueName() })
    expect([status, body.code]).toEqual([409, 'client_key.limit'])
  })
})
