import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mostIssuers } from '../../../src/domain/issuers/limits.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { newTree } from './companies.ts'

const root = '/api/issuers'
const settled = { name: 'staff', issuer: 'https://staff.example', audience: 'ostiary' }
const unique = () => randomBytes(6).toString('hex')
const wanted = (given: object = {}) => {
  const id = unique()
  return { name: `people ${id}`, issuer: `https://${id}.example`, audience: 'ostiary', ...given }
}

onEachStore('trusted issuers', (store) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({
      store,
      env: { OSTIARY_PEOPLE_ISSUERS: JSON.stringify([settled]) },
    })
  })
  afterAll(async () => await server.close())

  const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    server.manage(method, path, body, headers)
  const made = async (given: object = {}) => (await call('POST', root, wanted(given))).body

  describe('a trusted issuer', () => {
    test('is read by the usual claims unless others are named', async () => {
      const given = wanted()
      const { status, body } = await call('POST', root, given)
      expect(status).toBe(201)
      expect(body).toMatchObject({
        ...given,
        personClaim: 'sub',
        nameClaim: 'name',
        emailClaim: 'email',
        allowInsecure: false,
        companies: [],
        state: 'enabled',
        source: 'record',
        createdBy: server.admin.clientId,
      })
      expect(body).not.toHaveProperty('groupsClaim')
      const others = { personClaim: 'oid', nameClaim: 'n', emailClaim: 'upn', groupsClaim: 'roles' }
      expect(await made(others)).toMatchObject(others)
      expect((await call('GET', `${root}/${body.id}`)).body).toEqual(body)
    })

    test('is listed behind those of the settings, oldest first', async () => {
      const [one, two] = [await made(), await made()]
      const ids = (await call('GET', root)).body.map(({ id }: { id: string }) => id)
      expect(ids[0]).toBe('settings:staff')
      expect(ids.slice(-2)).toEqual([one.id, two.id])
    })

    test('changes but for what says who somebody is', async () => {
      const { id } = await made({ groupsClaim: 'groups', clientId: 'here' })
      const { companyId } = await newTree(server)
      const patch = { audience: 'other', companies: [companyId], state: 'disabled' }
      const { status, body } = await call('PATCH', `${root}/${id}`, { ...patch, groupsClaim: null })
      expect(status).toBe(200)
      expect(body).toMatchObject({ ...patch, clientId: 'here' })
      expect(body).not.toHaveProperty('groupsClaim')
      for (const fixed of [{ issuer: 'https://other.example' }, { personClaim: 'email' }]) {
        expect((await call('PATCH', `${root}/${id}`, fixed)).status).toBe(400)
      }
    })

    test('names companies that are there, and may keep one that was deleted since', async () => {
      const [kept, gone] = [await newTree(server), await newTree(server)]
      const companies = [kept.companyId, gone.companyId]
      const { id } = await made({ companies })
      expect((await call('DELETE', gone.path)).status).toBe(204)
      const path = `${root}/${id}`
      const renamed = await call('PATCH', path, { audience: 'other', companies })
      expect([renamed.status, renamed.body.companies]).toEqual([200, companies])
      for (const answer of [
        await call('POST', root, wanted({ companies: [kept.companyId, 'nope'] })),
        await call('POST', root, wanted({ companies: [gone.companyId] })),
        await call('PATCH', path, { companies: ['nope'] }),
      ]) {
        expect([answer.status, answer.body.field]).toEqual([400, 'companies'])
        expect(answer.body.message).toContain('no company')
      }
      expect((await call('GET', path)).body.companies).toEqual(companies)
    })

    test('is refused a change when it is not as If-Match has it', async () => {
      const { id } = await made()
      const path = `${root}/${id}`
      const etag = (await call('GET', path)).headers.get('etag') ?? ''
      const first = await call('PATCH', path, { state: 'disabled' }, { 'if-match': etag })
      expect([first.status, first.headers.get('etag')]).toEqual([200, '"2"'])
      const stale = await call('PATCH', path, { state: 'enabled' }, { 'if-match': etag })
      expect([stale.status, stale.body.code]).toEqual([412, 'version.stale'])
      expect((await call('DELETE', path, undefined, { 'if-match': etag })).status).toBe(412)
      expect((await call('DELETE', path, undefined, { 'if-match': '"2"' })).status).toBe(204)
    })

    test('that is deleted is gone, and its name and URL are free', async () => {
      const given = wanted()
      const { id } = (await call('POST', root, given)).body
      expect((await call('DELETE', `${root}/${id}`)).status).toBe(204)
      const { status, body } = await call('GET', `${root}/${id}`)
      expect([status, body.code]).toEqual([404, 'issuer.not_found'])
      expect((await call('POST', root, given)).status).toBe(201)
    })

    test('stands in the audit log with what changed', async () => {
      const { id, name, issuer } = await made()
      await call('PATCH', `${root}/${id}`, { state: 'disabled' })
      await call('DELETE', `${root}/${id}`)
      expect((await call('GET', `/api/audit?target=${id}`)).body).toMatchObject([
        { action: 'issuer.delete' },
        { action: 'issuer.update', before: { state: 'enabled' }, after: { state: 'disabled' } },
        {
          action: 'issuer.create',
          target: { kind: 'issuer', id, name },
          after: { issuer, personClaim: 'sub' },
        },
      ])
    })
  })

  describe('an issuer is not trusted', () => {
    test('under a name or URL that another has, be it of the settings', async () => {
      const given = wanted()
      await call('POST', root, given)
      for (const [field, twin] of [
        ['name', { name: given.name.toUpperCase() }],
        ['name', { name: 'STAFF' }],
        ['issuer', { issuer: given.issuer }],
      ] as const) {
        const { status, body } = await call('POST', root, wanted(twin))
        expect([status, body.code, body.field]).toEqual([409, 'name.taken', field])
      }
      const { status, body } = await call('POST', root, wanted({ issuer: settled.issuer }))
      expect([status, body.code]).toEqual([409, 'issuer.configured'])
      expect(body.message).toContain('"staff"')
      const other = await made()
      expect((await call('PATCH', `${root}/${other.id}`, { name: 'Staff' })).status).toBe(409)
    })

    test('when it is this server', async () => {
      const own = { issuer: server.url, allowInsecure: true }
      const { status, body } = await call('POST', root, wanted(own))
      expect([status, body.field]).toEqual([400, 'issuer'])
    })

    test.each([
      { issuer: 'http://people.example', allowInsecure: true },
      { issuer: 'http://127.0.0.1:9' },
      { issuer: 'https://people.example?x' },
      { issuer: 'https://people.example/#' },
      { issuer: 'https://ada:word@people.example' },
      { issuer: 'https://PEOPLE.example' },
      { issuer: 'https://people.example/a/../b' },
      { issuer: 'people.example' },
      { issuer: 'javascript:alert(1)' },
      { audience: '' },
      { groupsClaim: '' },
      { name: 'in\u200bvisible' },
      { clientSecretFile: '/etc/passwd' },
      { companies: ['a', 'a'] },
    ])('with %j', async (given) => {
      expect((await call('POST', root, wanted(given))).status).toBe(400)
    })

    test('at http any more when that is no longer allowed', async () => {
      const local = { issuer: `http://127.0.0.1:9/${unique()}`, allowInsecure: true }
      const { id } = await made(local)
      const { status, body } = await call('PATCH', `${root}/${id}`, { allowInsecure: false })
      expect([status, body.field]).toEqual([400, 'issuer'])
    })
  })

  test('an issuer of the settings is read here, and changed there alone', async () => {
    const path = `${root}/settings:staff`
    const read = await call('GET', path)
    expect(read.body).toMatchObject({ ...settled, source: 'settings', state: 'enabled' })
    expect(read.headers.get('etag')).toBeNull()
    for (const answer of [
      await call('PATCH', path, { state: 'disabled' }),
      await call('DELETE', path),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([409, 'issuer.configured'])
    }
  })

  test(`there are at most ${mostIssuers} records of issuers`, async () => {
    const there = (await call('GET', root)).body.length - 1
    for (let n = there; n < mostIssuers; n += 1) await made()
    const { status, body } = await call('POST', root, wanted())
    expect([status, body.code]).toEqual([409, 'issuer.limit'])
  })
})
