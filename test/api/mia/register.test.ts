import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { assertionOf, login, signers } from '../../e2e/support/assertions.ts'
import { decoded, expectToken } from '../../e2e/support/expectations.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { bodyOf, type Tree, uniqueWord } from './companies.ts'
import { openRegistration } from './registering.ts'

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const public_key = { ...ec.publicKey.export({ format: 'jwk' }), kid: 'mine' }
const byKey = { token_endpoint_auth_method: 'private_key_jwt', public_key }

function register(server: TestServer, body: unknown) {
  const headers = { 'content-type': 'application/json' }
  return server.call('/register', { method: 'POST', headers, body: JSON.stringify(body) })
}

onEachStore('registration', (store) => {
  let server: TestServer
  let tree: Tree
  let close: () => Promise<void>
  beforeAll(async () => {
    const open = await openRegistration(store)
    server = open.server
    tree = open.tree
    close = open.close
  })
  afterAll(async () => await close())

  /** What is bounded in a minute is for tests of something else. */
  const calmly = async (body: unknown) => {
    server.clock.offset += 60_000
    return await register(server, body)
  }

  test('makes an account of the company that may do nothing, and logs in', async () => {
    const client_name = uniqueWord('guest')
    const answer = await calmly({ client_name })
    expect(answer.status).toBe(201)
    const { client_id: clientId, client_secret: clientSecret, ...rest } = answer.body
    expect(rest).toEqual({
      client_secret_expires_at: 0,
      client_id_issued_at: expect.any(Number),
    })
    const account = bodyOf(
      await server.manage('GET', `${tree.path}/service-accounts/${clientId}`),
      200,
    )
    expect(account).toMatchObject({
      name: client_name,
      state: 'enabled',
      companyRoles: [],
      projects: [],
      audiences: [],
    })
    const claims = decoded(expectToken(await server.token({ clientId, clientSecret })))
    expect([claims['permissions'], claims['company_id']]).toEqual([[], tree.companyId])
    const headers = {
      authorization: `Bearer ${expectToken(await server.token({ clientId, clientSecret }))}`,
    }
    expect((await server.call('/clients', { headers })).status).toBe(403)
  })

  test('by key answers no secret, and the key logs in', async () => {
    const { status, body } = await calmly({ client_name: 'by key', ...byKey })
    expect([status, Object.keys(body).toSorted()]).toEqual([
      201,
      ['client_id', 'client_id_issued_at'],
    ])
    const sign = signers.ES256(ec.privateKey)
    const client = { clientId: body.client_id, kid: 'mine', alg: 'ES256', sign } as const
    const now = Math.floor((Date.now() + server.clock.offset) / 1000)
    const claims = { iat: now, exp: now + 60 }
    expectToken(await login(server, assertionOf(client, server, { claims })))
  })

  test('is in the log of the company, by nobody who logged in', async () => {
    const { body } = await calmly({ client_name: 'logged' })
    const audit = await server.manage('GET', `/api/audit?target=${body.client_id}`)
    expect(bodyOf(audit, 200)).toMatchObject([
      {
        action: 'account.register',
        actor: { kind: 'anonymous', id: '', name: '' },
        scope: [`company:${tree.companyId}`],
      },
    ])
  })

  test('takes names that others have', async () => {
    for (const client_name of ['same', 'same']) {
      expect((await calmly({ client_name })).status).toBe(201)
    }
  })

  test.each([[null], [{}], ['']])('by secret may come with no key, as %j', async (key) => {
    expect((await calmly({ client_name: 'x', public_key: key })).status).toBe(201)
  })

  test('speaks of what registers a client, and of nothing else', async () => {
    const keys = { keys: [public_key] }
    for (const given of [
      { ...byKey, public_key: keys },
      { ...byKey, public_key: {} },
    ]) {
      const { body } = await calmly({ client_name: 'x', ...given })
      expect([body.field, body.message]).toEqual([
        'public_key',
        expect.stringMatching(/^public_key: is needed|^public_key is a set of keys: send one/),
      ])
      expect(body.message).not.toMatch(/jwksUri|jwks_uri|publicKey|tokenEndpointAuthMethod/)
    }
  })

  test.each<[string, unknown, string]>([
    ['nothing', {}, 'client_name'],
    ['null', null, ''],
    ['a list', [], ''],
    ['a name that is no text', { client_name: { $gt: '' } }, 'client_name'],
    ['permissions', { client_name: 'x', permissions: [] }, 'permissions'],
    ['an audience', { client_name: 'x', audience: ['a'] }, 'audience'],
    ['a state', { client_name: 'x', __STATE__: 'PUBLIC' }, '__STATE__'],
    ['a company', { client_name: 'x', companyId: 'x' }, 'companyId'],
    ['a key beside a secret', { client_name: 'x', public_key }, 'public_key'],
    ['no key', { client_name: 'x', ...byKey, public_key: null }, 'public_key'],
    [
      'another method',
      { client_name: 'x', token_endpoint_auth_method: 'none' },
      'token_endpoint_auth_method',
    ],
  ])('is refused with %s, by name', async (_, body, field) => {
    const answer = await calmly(body)
    expect([answer.status, answer.body.field]).toEqual([400, field])
  })

  test.each<[string, object, string]>([
    ['a private key', { public_key: ec.privateKey.export({ format: 'jwk' }) }, 'public_key'],
    ['a text that is no key', { public_key: 'x' }, 'public_key'],
    ['a set of keys', { public_key: { keys: [] } }, 'public_key'],
    ['a name that is not seen', { client_name: 'a\u202eb' }, 'client_name'],
    ['a member of another call', { publicKey: public_key }, 'publicKey'],
  ])('is refused with %s, as its body calls it', async (_, given, field) => {
    const { status, body } = await calmly({ client_name: 'x', ...byKey, ...given })
    expect([status, body.field, body.message.split(/[ .:]/)[0]]).toEqual([400, field, field])
  })

  test('is for ten a minute from one address, and says how long to wait', async () => {
    server.clock.offset += 60_000
    const statuses: number[] = []
    for (let times = 0; times < 10; times += 1) {
      statuses.push((await register(server, { client_name: 'many' })).status)
    }
    expect(new Set(statuses)).toEqual(new Set([201]))
    const answer = await register(server, { client_name: 'many' })
    expect([answer.status, answer.body.code]).toEqual([429, 'registration.throttled'])
    const seconds = Number(answer.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(0)
    server.clock.offset += seconds * 1000
    expect((await register(server, { client_name: 'many' })).status).toBe(201)
  })

  test('counts for nobody when it is refused, whatever for', async () => {
    server.clock.offset += 60_000
    for (let times = 0; times < 20; times += 1) {
      const lacking = { client_name: 'x', ...byKey, public_key: null }
      expect((await register(server, lacking)).status).toBe(400)
    }
    expect((await register(server, { client_name: 'good' })).status).toBe(201)
  })

  test('makes drafts where the settings say so, which wait to be approved', async () => {
    const drafts = await openRegistration(store, { OSTIARY_REGISTER_DRAFT: 'true' })
    const { body } = await register(drafts.server, { client_name: 'draft' })
    const who = { clientId: body.client_id, clientSecret: body.client_secret }
    const path = `/clients/${who.clientId}`
    const before = await drafts.server.token(who)
    const shown = await drafts.server.manage('GET', path)
    const approved = await drafts.server.manage('POST', `${path}/state`, { stateTo: 'PUBLIC' })
    const after = await drafts.server.token(who)
    await drafts.close()
    expect([before.status, shown.body.__STATE__, approved.status, after.status]).toEqual([
      401,
      'DRAFT',
      204,
      200,
    ])
  })

  describe('is closed', () => {
    const closed = { statusCode: 401, code: 'registration.closed' }

    test('where it is not switched on, whatever is sent', async () => {
      const off = await startTestServer({ store })
      const answers = [
        await register(off, { client_name: 'x' }),
        await register(off, {}),
        await off.call('/register', { method: 'POST', body: '{' }),
      ]
      await off.close()
      for (const { body } of answers) expect(body).toMatchObject(closed)
    })

    test('where its company is not there, which the log says from the start on', async () => {
      const nowhere = await openRegistration(store, { OSTIARY_REGISTER_COMPANY_ID: 'comp_nowhere' })
      const said = nowhere.server.logged.join('')
      const answer = await register(nowhere.server, { client_name: 'x' })
      await nowhere.close()
      expect(said).toContain('there is no such company')
      expect(said).toContain('comp_nowhere')
      expect(answer.body).toMatchObject(closed)
    })

    test('once its company was deleted', async () => {
      const doomed = await openRegistration(store)
      await doomed.server.manage('DELETE', doomed.tree.path)
      const answer = await register(doomed.server, { client_name: 'x' })
      await doomed.close()
      expect(answer.body).toMatchObject(closed)
    })
  })
})
