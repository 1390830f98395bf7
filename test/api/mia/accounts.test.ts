import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { accountsPath, uniqueName, wanted } from '../../support/accounts.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { create, manage, view } from './accounts.ts'

onEachStore('root service accounts', (store) => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer({ store })
  })
  afterAll(async () => await server.close())

  test('creates an account whose secret gets a token', async () => {
    const before = Math.floor(Date.now() / 1000)
    const answer = await server.manage('POST', accountsPath, wanted({ permissions: [view] }))
    expect(answer.status).toBe(201)
    expect(Object.keys(answer.body).sort()).toEqual([
      'clientId',
      'clientIdIssuedAt',
      'clientSecret',
    ])
    expect(answer.body.clientIdIssuedAt).toBeGreaterThanOrEqual(before)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect((await server.token(answer.body)).status).toBe(200)
  })

  test('takes permissions as an array or as one text with commas, and keeps each once', async () => {
    for (const permissions of [[view, manage, view], ` ${view}, ${manage},${view}, `]) {
      const { clientId } = await create(server, { permissions })
      const { body } = await server.manage('GET', `${accountsPath}/${clientId}`)
      expect(body.permissions).toEqual([manage, view].sort())
    }
  })

  test('shows an account with all that was said of it, and nothing that logs in', async () => {
    const name = uniqueName()
    const audiences = ['https://api.example', 'urn:reports']
    const { clientId } = await create(server, { name, description: 'weekly', audiences })
    const { status, body } = await server.manage('GET', `${accountsPath}/${clientId}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      clientId,
      name,
      description: 'weekly',
      audiences,
      permissions: [],
      state: 'enabled',
      tokenEndpointAuthMethod: 'client_secret_basic',
      createdBy: server.admin.clientId,
    })
    expect(JSON.stringify(body)).not.toMatch(/secret"|digest|pepper|credentials/)
  })

  test('changes what is given and leaves the rest', async () => {
    const { clientId } = await create(server, { description: 'before', permissions: [view] })
    const name = uniqueName()
    const patched = await server.manage('PATCH', `${accountsPath}/${clientId}`, {
      name,
      audiences: ['a'],
    })
    expect(patched.status).toBe(200)
    const { body } = await server.manage('GET', `${accountsPath}/${clientId}`)
    expect(body).toEqual(patched.body)
    expect(body).toMatchObject({
      name,
      description: 'before',
      permissions: [view],
      audiences: ['a'],
    })
  })

  test('deletes an account for good: it is gone from the list, and its name is free', async () => {
    const name = uniqueName()
    const { clientId } = await create(server, { name })
    const gone = await server.manage('DELETE', `${accountsPath}/${clientId}`)
    expect([gone.status, gone.text]).toEqual([204, ''])
    expect((await server.manage('GET', `${accountsPath}/${clientId}`)).status).toBe(404)
    expect((await server.manage('DELETE', `${accountsPath}/${clientId}`)).status).toBe(404)
    const { body } = await server.manage('GET', `${accountsPath}?per_page=200`)
    expect(body.map((account: { clientId: string }) => account.clientId)).not.toContain(clientId)
    await create(server, { name })
  })

  test('deletes with a JSON content type and no body, as the console documentation does', async () => {
    const { clientId } = await create(server)
    const headers = { 'content-type': 'application/json' }
    const answer = await server.manage('DELETE', `${accountsPath}/${clientId}`, undefined, headers)
    expect(answer.status).toBe(204)
  })

  test.each([
    ['the same', 'Night Job', 'Night Job'],
    ['other case', 'Day Job', 'dAY jOB'],
    ['composed otherwise', 'Caf\u00e9', 'Cafe\u0301'],
    ['of compatible characters', 'file 1', '\ufb01le \uff11'],
    ['with spaces around', 'Reports', '  Reports '],
  ])('refuses a name that is taken: %s', async (_how, first, second) => {
    const mark = uniqueName()
    await create(server, { name: `${first} ${mark}` })
    const name = second.startsWith(' ') ? `  ${first} ${mark} ` : `${second} ${mark}`
    const answer = await server.manage('POST', accountsPath, wanted({ name }))
    expect(answer.status).toBe(409)
    expect(answer.body).toMatchObject({ code: 'name.taken', field: 'name', statusCode: 409 })
  })

  test('refuses to rename an account to a name that is taken, and leaves it as it was', async () => {
    const [one, other] = [uniqueName(), uniqueName()]
    await create(server, { name: one })
    const { clientId } = await create(server, { name: other })
    const patch = { name: one.toUpperCase(), description: 'changed' }
    const answer = await server.manage('PATCH', `${accountsPath}/${clientId}`, patch)
    expect([answer.status, answer.body.code]).toEqual([409, 'name.taken'])
    const { body } = await server.manage('GET', `${accountsPath}/${clientId}`)
    expect(body).toMatchObject({ name: other, description: '' })
  })

  test('lets an account be renamed to its own name in other letters', async () => {
    const name = uniqueName()
    const { clientId } = await create(server, { name })
    const answer = await server.manage('PATCH', `${accountsPath}/${clientId}`, {
      name: name.toUpperCase(),
    })
    expect(answer.status).toBe(200)
  })

  test('answers a change of a version that is no longer there with 412, and changes nothing', async () => {
    const { clientId } = await create(server)
    const path = `${accountsPath}/${clientId}`
    const tag = (await server.manage('GET', path)).headers.get('etag') ?? ''
    const fresh = await server.manage('PATCH', path, { description: 'a' }, { 'if-match': tag })
    expect(fresh.status).toBe(200)
    expect(fresh.headers.get('etag')).not.toBe(tag)
    const stale = { 'if-match': tag }
    for (const answer of [
      await server.manage('PATCH', path, { description: 'b' }, stale),
      await server.manage('POST', `${path}/rotate`, { overlapSeconds: 0 }, stale),
      await server.manage('POST', `${path}/credentials`, {}, stale),
      await server.manage('DELETE', path, undefined, stale),
      await server.manage('PATCH', path, { description: 'b' }, { 'if-match': 'W/"2"' }),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([412, 'version.stale'])
    }
    const { body, headers } = await server.manage('GET', path)
    expect([body.description, headers.get('etag')]).toEqual(['a', fresh.headers.get('etag')])
  })

  test('lets the last write win when no version is named', async () => {
    const { clientId } = await create(server)
    const texts = ['a', 'b', 'c', 'd', 'e']
    const answers = await Promise.all(
      texts.map((description) =>
        server.manage('PATCH', `${accountsPath}/${clientId}`, { description }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(texts.map(() => 200))
  })

  test.each(['GET', 'PATCH', 'DELETE'])('knows no account of another id (%s)', async (method) => {
    for (const id of ['ost_ci_unknown', '%7B%22$ne%22:null%7D', '%00', '%ZZ', 'a'.repeat(3000)]) {
      const body = method === 'PATCH' ? { description: 'x' } : undefined
      const answer = await server.manage(method, `${accountsPath}/${id}`, body)
      expect([answer.status, answer.body.code]).toEqual([404, 'account.not_found'])
    }
  })

  test('makes one account of two or fifty requests for one name at once', async () => {
    const body = wanted()
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => server.manage('POST', accountsPath, body)),
    )
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([201, ...Array.from({ length: 49 }, () => 409)])
    const made = answers.filter(({ status }) => status === 201)
    const { body: listed } = await server.manage('GET', `${accountsPath}?per_page=200`)
    const named = listed.filter(({ name }: { name: string }) => name === body['name'])
    expect(named.map(({ clientId }: { clientId: string }) => clientId)).toEqual(
      made.map((answer) => answer.body.clientId),
    )
  })

  test('gives no working secret of an account that is deleted while it is rotated', async () => {
    const { clientId } = await create(server)
    const rotate = () =>
      server.manage('POST', `${accountsPath}/${clientId}/rotate`, { overlapSeconds: 60 })
    const remove = () => server.manage('DELETE', `${accountsPath}/${clientId}`)
    const [one, gone, two] = await Promise.all([rotate(), remove(), rotate()])
    expect(gone.status).toBe(204)
    for (const { status, body } of [one, two]) {
      expect([200, 404]).toContain(status)
      if (status !== 200) continue
      const login = { clientId, clientSecret: body.clientSecret }
      expect((await server.token(login)).status).toBe(401)
    }
  })
})
