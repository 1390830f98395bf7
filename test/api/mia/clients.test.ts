import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { assertionOf, login, signers } from '../../e2e/support/assertions.ts'
import { decoded, expectToken } from '../../e2e/support/expectations.ts'
import { uniqueName } from '../../support/accounts.ts'
import { type Credentials, startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { callerWith, manage as manageRight, view } from './accounts.ts'
import { bodyOf, memberCaller, newTree, type Tree } from './companies.ts'

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const public_key = { ...ec.publicKey.export({ format: 'jwk' }), kid: 'mine' }
const orders = 'https://orders.example'

onEachStore('clients', (store) => {
  let server: TestServer
  let tree: Tree
  beforeAll(async () => {
    server = await startTestServer({ store })
    tree = await newTree(server)
  })
  afterAll(async () => await server.close())

  const post = (given: object = {}) =>
    server.manage('POST', '/clients', { client_name: uniqueName(), ...given })
  const made = async (given: object = {}): Promise<Credentials & { path: string }> => {
    const { client_id: clientId, client_secret: clientSecret } = bodyOf(await post(given), 201)
    return { clientId, clientSecret, path: `/clients/${clientId}` }
  }
  const read = async (path: string) => bodyOf(await server.manage('GET', path), 200)
  const move = (path: string, stateTo: string) =>
    server.manage('POST', `${path}/state`, { stateTo })

  describe('that are made', () => {
    test('have permissions and audiences at once, and log in', async () => {
      const before = Math.floor(Date.now() / 1000)
      const answer = await post({ permissions: [view], audience: [orders] })
      expect([answer.status, Object.keys(answer.body).toSorted()]).toEqual([
        201,
        ['client_id', 'client_id_issued_at', 'client_secret', 'client_secret_expires_at'],
      ])
      const { client_id: clientId, client_secret: clientSecret } = answer.body
      expect(answer.body.client_secret_expires_at).toBe(0)
      expect(answer.body.client_id_issued_at).toBeGreaterThanOrEqual(before)
      const who = { clientId, clientSecret }
      const claims = decoded(expectToken(await server.token(who, { audience: orders })))
      expect([claims['permissions'], claims['aud']]).toEqual([[view], orders])
    })

    test('are accounts of root, and shown as such', async () => {
      const { clientId } = await made({ permissions: [view] })
      const account = await read(`/api/service-accounts/${clientId}`)
      expect(account).toMatchObject({ clientId, permissions: [view], state: 'enabled' })
    })

    test('by key have no secret, and keep the kid that they came with', async () => {
      const given = { token_endpoint_auth_method: 'private_key_jwt', public_key }
      const { body } = await post({ ...given, allowedCustomClaims: ['tenant'] })
      expect(Object.keys(body).toSorted()).toEqual(['client_id', 'client_id_issued_at'])
      const sign = signers.ES256(ec.privateKey)
      const client = { clientId: body.client_id, kid: 'mine', alg: 'ES256', sign } as const
      const assertion = assertionOf(client, server, { claims: { tenant: 'acme' } })
      expect(decoded(expectToken(await login(server, assertion)))['tenant']).toBe('acme')
    })

    test('by a key without a kid are told the one that it was given', async () => {
      const { kid: _kid, ...nameless } = public_key
      const given = { token_endpoint_auth_method: 'private_key_jwt', public_key: nameless }
      const { body } = await post(given)
      expect((await read(`/clients/${body.client_id}`)).publicKey.kid).toBe(body.kid)
    })

    test.each([[null], [{}], ['']])('by secret may come with no key, as %j', async (key) => {
      expect((await post({ public_key: key })).status).toBe(201)
    })

    test('may be in a company, without permissions', async () => {
      const { companyId } = tree
      const { path, clientId } = await made({ companyId, audience: null })
      expect(await read(path)).toMatchObject({ companyId, permissions: [] })
      expect(await read(`${tree.path}/service-accounts/${clientId}`)).toMatchObject({ clientId })
      const refused = await post({ companyId, permissions: [view] })
      expect([refused.status, refused.body.field]).toEqual([400, 'permissions'])
      const unknown = await post({ companyId: 'nowhere' })
      expect([unknown.status, unknown.body.code]).toEqual([404, 'company.not_found'])
    })

    test('need a name of their own among those of root', async () => {
      const client_name = uniqueName()
      await made({ client_name })
      const answer = await post({ client_name })
      expect([answer.status, answer.body.code, answer.body.field]).toEqual([
        409,
        'name.taken',
        'client_name',
      ])
    })

    test.each<[string, object, string]>([
      ['a permission that there is not', { permissions: ['x'] }, 'permissions'],
      ['no name', { client_name: undefined }, 'client_name'],
      ['a name that is no text', { client_name: { $gt: '' } }, 'client_name'],
      ['another method', { token_endpoint_auth_method: 'none' }, 'token_endpoint_auth_method'],
      ['null for a method', { token_endpoint_auth_method: null }, 'token_endpoint_auth_method'],
      ['no key', { token_endpoint_auth_method: 'private_key_jwt' }, 'public_key'],
      [
        'an empty key',
        { token_endpoint_auth_method: 'private_key_jwt', public_key: {} },
        'public_key',
      ],
      ['a key beside a secret', { public_key }, 'public_key'],
      [
        'a key that is none',
        { token_endpoint_auth_method: 'private_key_jwt', public_key: 'x' },
        'public_key',
      ],
      ['a name that is not seen', { client_name: 'a\u202eb' }, 'client_name'],
      ['a claim of ours', { allowedCustomClaims: ['roles'] }, 'allowedCustomClaims'],
      ['a state of its own', { __STATE__: 'ENABLED' }, '__STATE__'],
      ['an unknown member', { client_id: 'mine' }, 'client_id'],
      ['metadata in a list', { metadata: [] }, 'metadata'],
      ['metadata that are no texts', { metadata: { a: {} } }, 'metadata.a'],
      ['metadata of an operator', { metadata: { $gt: 'x' } }, 'metadata'],
      [
        'too many metadata',
        { metadata: Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`k${at}`, ''])) },
        'metadata',
      ],
    ])('are refused with %s, by name', async (_, given, field) => {
      const answer = await post(given)
      expect([answer.status, answer.body.field]).toEqual([400, field])
      expect(answer.body.message).toContain(field)
    })

    test('give nothing that their maker does not hold', async () => {
      const manager = await callerWith(server, [manageRight])
      const given = { client_name: uniqueName(), permissions: [view] }
      const answer = await manager('POST', '/clients', given)
      expect([answer.status, answer.body.code]).toEqual([403, 'grant.exceeds_own'])
    })
  })

  describe('of a collection', () => {
    const ids: string[] = []
    let list: string
    beforeAll(async () => {
      const { companyId } = await newTree(server)
      list = `/clients/?companyId=${companyId}`
      for (const client_name of ['one', 'two', 'three', 'four']) {
        ids.push((await made({ client_name, companyId })).clientId)
      }
      bodyOf(await move(`/clients/${ids[1]}`, 'DRAFT'), 204)
      bodyOf(await move(`/clients/${ids[3]}`, 'TRASH'), 204)
      const account = `/api/companies/${companyId}/service-accounts/${ids[2]}`
      bodyOf(await server.manage('PATCH', account, { state: 'disabled' }), 200)
    })
    const listed = async (query: string) => {
      const { status, body, headers } = await server.manage('GET', `${list}${query}`)
      const names = body.map(({ name }: { readonly name: string }) => name)
      const total = Number(headers.get('x-total-count'))
      const next = /<([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
      return { status, names, total, next }
    }

    test.each([
      ['', ['one', 'two', 'three', 'four'], 4],
      ['&_l=2', ['one', 'two'], 4],
      ['&_l=2&_sk=1', ['two', 'three'], 4],
      ['&_sk=3', ['four'], 4],
      ['&_sk=4', [], 4],
      ['&_s=-createdAt&_l=1', ['four'], 4],
      ['&_s=name', ['four', 'one', 'three', 'two'], 4],
      ['&_st=PUBLIC', ['one'], 1],
      ['&_st=DRAFT', ['two', 'three'], 2],
      ['&_st=PUBLIC,TRASH&_sk=1', ['four'], 2],
      ['&_st=DELETED', [], 0],
    ])('are listed with %s as the engine lists them', async (query, names, total) => {
      expect(await listed(query)).toMatchObject({ status: 200, names, total })
    })

    test('are listed to the end by links, wherever one begins', async () => {
      const { next } = await listed('&_l=1&_sk=1&_s=createdAt')
      const { status, body } = await server.manage('GET', next ?? '')
      expect([status, body[0].name, next]).toEqual([
        200,
        'three',
        expect.not.stringMatching(/[?&]_(l|sk)=/),
      ])
    })

    test.each([
      ['_l=0', '_l'],
      ['_l=201', '_l'],
      ['_l=many', '_l'],
      ['_sk=-1', '_sk'],
      ['_s=permissions', '_s'],
      ['_st=ENABLED', '_st'],
      ['_st=PUBLIC,', '_st'],
      ['_l=2&per_page=2', '_l'],
      ['_sk=2&page=2', '_sk'],
      ['_s=name&sort=name', '_s'],
      ['_q={}', '_q'],
    ])('are not listed with %s, and the answer names it', async (query, field) => {
      const answer = await server.manage('GET', `${list}&${query}`)
      expect([answer.status, answer.body.field]).toEqual([400, field])
    })
  })

  describe('that are there', () => {
    test('are shown as the collection has them, without a secret', async () => {
      const metadata = { owner: 'ops' }
      const { path, clientId, clientSecret } = await made({ metadata, permissions: [view] })
      const before = await read(path)
      expect(before).toMatchObject({
        _id: clientId,
        clientId,
        authMethod: 'client_secret_basic',
        permissions: [view],
        audience: [],
        allowedCustomClaims: [],
        metadata,
        lastLogin: '',
        __STATE__: 'PUBLIC',
      })
      expect(JSON.stringify(before)).not.toContain(clientSecret)
    })

    test('are listed: those of root, or those of a company', async () => {
      const ofRoot = await made()
      const ofCompany = await made({ companyId: tree.companyId })
      const idsAt = async (query: string): Promise<string[]> =>
        (await read(`/clients?per_page=200${query}`)).map((one: Credentials) => one.clientId)
      const [atRoot, inCompany] = [await idsAt(''), await idsAt(`&companyId=${tree.companyId}`)]
      expect([atRoot.includes(ofRoot.clientId), atRoot.includes(ofCompany.clientId)]).toEqual([
        true,
        false,
      ])
      expect(inCompany).toContain(ofCompany.clientId)
      expect(inCompany).not.toContain(ofRoot.clientId)
    })

    test.each([
      ['by its members', (patch: object) => patch],
      ['by $set', (patch: object) => ({ $set: patch })],
    ])('are changed %s, with effect on the next token', async (_, form) => {
      const who = await made({ permissions: [view] })
      const patch = { permissions: [], audience: [orders], allowedCustomClaims: ['a'] }
      const changed = await server.manage('PATCH', who.path, form(patch))
      expect([changed.status, changed.body]).toMatchObject([200, patch])
      expect(await read(who.path)).toMatchObject(patch)
      const claims = decoded(expectToken(await server.token(who, { audience: orders })))
      expect(claims['permissions']).toEqual([])
    })

    test.each([
      ['nothing', {}, undefined],
      ['nothing to set', { $set: {} }, '$set'],
      ['members beside $set', { $set: { name: 'a' }, permissions: [] }, 'permissions'],
      ['another operator', { $unset: { name: true } }, '$unset'],
      ['a secret', { clientSecret: 'x' }, 'clientSecret'],
      ['a client id', { $set: { clientId: 'x' } }, '$set.clientId'],
      ['a state', { __STATE__: 'DRAFT' }, '__STATE__'],
    ])('are not changed by %s', async (_, body, field) => {
      const { path } = await made()
      const answer = await server.manage('PATCH', path, body)
      expect(answer.status).toBe(400)
      if (field !== undefined) expect(answer.body.message).toContain(field)
    })

    test('of a company take no permissions', async () => {
      const { path } = await made({ companyId: tree.companyId })
      const answer = await server.manage('PATCH', path, { permissions: [view] })
      expect([answer.status, answer.body.field]).toEqual([400, 'permissions'])
      expect((await read(path)).permissions).toEqual([])
    })

    test('can be deleted for good, as those of a company can', async () => {
      for (const given of [{}, { companyId: tree.companyId }]) {
        const who = await made(given)
        expect((await server.manage('DELETE', who.path)).status).toBe(204)
        expect((await server.manage('GET', who.path)).status).toBe(404)
        expect((await server.token(who)).status).toBe(401)
      }
    })

    test('of a company that was deleted are gone with it', async () => {
      const gone = await newTree(server)
      const { path } = await made({ companyId: gone.companyId })
      await server.manage('DELETE', gone.path)
      expect((await server.manage('GET', path)).status).toBe(404)
      expect((await move(path, 'DRAFT')).status).toBe(404)
    })

    test('are no matter of whoever owns a company', async () => {
      const owner = await memberCaller(server, tree, { role: 'company-owner' })
      const { path } = await made({ companyId: tree.companyId })
      for (const [method, at] of [
        ['GET', '/clients'],
        ['GET', path],
        ['DELETE', path],
      ] as const) {
        expect((await owner(method, at)).status).toBe(403)
      }
    })
  })

  describe('move between states', () => {
    const states = ['PUBLIC', 'DRAFT', 'TRASH', 'DELETED'] as const
    const allowed: readonly string[] = [
      ...['PUBLIC DRAFT', 'PUBLIC TRASH', 'DRAFT PUBLIC', 'DRAFT TRASH'],
      ...['TRASH DRAFT', 'TRASH DELETED', 'DELETED TRASH'],
    ]
    const pairs = states.flatMap((from) => states.map((to) => [from, to] as const))

    test.each(pairs)('from %s to %s, where the engine allows it', async (from, to) => {
      const { path } = await made({ __STATE__: from })
      expect((await read(path)).__STATE__).toBe(from)
      const answer = await move(path, to)
      const isAllowed = allowed.includes(`${from} ${to}`)
      expect(answer.status).toBe(isAllowed ? 204 : 409)
      expect((await read(path)).__STATE__).toBe(isAllowed ? to : from)
      if (isAllowed) return
      expect(answer.body).toMatchObject({ code: 'account.wrong_move', field: 'stateTo' })
      expect(answer.body.message).toContain(`${from} cannot become ${to}`)
    })

    test('and log in only where they are PUBLIC', async () => {
      const who = await made({ __STATE__: 'DRAFT' })
      const canLogIn = async () => (await server.token(who)).status === 200
      expect(await canLogIn()).toBe(false)
      const said: [string, boolean][] = []
      for (const to of ['PUBLIC', 'TRASH', 'DELETED', 'TRASH', 'DRAFT', 'PUBLIC']) {
        expect((await move(who.path, to)).status).toBe(204)
        said.push([to, await canLogIn()])
      }
      expect(said.filter(([, isGood]) => isGood).map(([to]) => to)).toEqual(['PUBLIC', 'PUBLIC'])
    })

    test('and lose their tokens when they leave PUBLIC', async () => {
      const who = await made()
      const token = expectToken(await server.token(who))
      const headers = { authorization: `Bearer ${token}` }
      expect((await server.call('/tokeninfo', { headers })).status).toBe(200)
      await move(who.path, 'DRAFT')
      await move(who.path, 'PUBLIC')
      expect((await server.call('/tokeninfo', { headers })).status).toBe(401)
    })

    test('and come out of the trash by no other way', async () => {
      const tree = await newTree(server)
      const who = await made({ companyId: tree.companyId })
      await move(who.path, 'TRASH')
      for (const to of ['TRASH', 'DELETED']) {
        if (to === 'DELETED') await move(who.path, to)
        const path = `${tree.path}/service-accounts/${who.clientId}`
        const answer = await server.manage('PATCH', path, { state: 'enabled' })
        expect([answer.status, answer.body.code, answer.body.field]).toEqual([
          409,
          'account.wrong_move',
          'state',
        ])
        expect((await server.token(who)).status).toBe(401)
      }
    })

    test('and are not told that they cannot become what they can', async () => {
      const who = await made({ companyId: tree.companyId })
      await move(who.path, 'TRASH')
      const path = `${tree.path}/service-accounts/${who.clientId}`
      const { status, body } = await server.manage('PATCH', path, { state: 'disabled' })
      const said = 'a client that is TRASH cannot become disabled, only DRAFT or DELETED'
      expect([status, body.message]).toEqual([409, `state: ${said}`])
    })

    test('and one that is disabled moves as a draft', async () => {
      const { path, clientId } = await made()
      await server.manage('PATCH', `/api/service-accounts/${clientId}`, { state: 'disabled' })
      expect((await read(path)).__STATE__).toBe('DRAFT')
      expect((await move(path, 'PUBLIC')).status).toBe(204)
    })

    test('and those of a company are shown so to its members', async () => {
      const { path, clientId } = await made({ companyId: tree.companyId, __STATE__: 'TRASH' })
      await move(path, 'DELETED')
      const account = await read(`${tree.path}/service-accounts/${clientId}`)
      expect(account.state).toBe('DELETED')
    })

    test.each([[{}], [{ stateTo: null }], [{ stateTo: 'public' }], [{ stateTo: ['DRAFT'] }]])(
      'to no other: %j',
      async (body) => {
        const { path } = await made()
        const answer = await server.manage('POST', `${path}/state`, body)
        expect([answer.status, answer.body.field]).toEqual([400, 'stateTo'])
      },
    )

    test('but for the last one that can manage', async () => {
      const alone = await startTestServer({ store })
      const path = `/clients/${alone.admin.clientId}/state`
      const answer = await alone.manage('POST', path, { stateTo: 'TRASH' })
      await alone.close()
      expect([answer.status, answer.body.code]).toEqual([409, 'account.last_manager'])
    })
  })

  test('need no key of an application', async () => {
    const manager = await callerWith(server, [manageRight])
    const answer = await manager(
      'POST',
      '/clients',
      { client_name: uniqueName() },
      { 'client-key': '' },
    )
    expect(answer.status).toBe(201)
  })
})
