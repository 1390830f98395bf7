import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { bodyOf, companyAccount, newTree, type Tree } from '../api/mia/companies.ts'
import { accountsPath, wanted } from '../support/accounts.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { onEachStore } from '../support/stores.ts'
import { keyClient, secretClient } from './support/accounts.ts'
import { assertionOf, jwkOf, login, rsa, signers } from './support/assertions.ts'
import { decoded, expectRefusal, expectToken } from './support/expectations.ts'

onEachStore('claims that an account says of itself', (store) => {
  let server: TestServer
  let tree: Tree
  beforeAll(async () => {
    server = await startTestServer({ store })
    tree = await newTree(server)
  })
  afterAll(async () => await server.close())

  const said = { tenant: 'acme', team: ['blue'], permissions: ['console.root.view'] }
  const claimsFor = async (client: Awaited<ReturnType<typeof keyClient>>, form = {}) =>
    decoded(expectToken(await login(server, assertionOf(client, server, { claims: said }), form)))

  test('are in its tokens when they are allowed, on both ways, and in no others', async () => {
    const client = await keyClient(server, {}, { allowedCustomClaims: ['tenant', 'team'] })
    // A parameter that the quick way does not know leaves the request to the core.
    for (const form of [{}, { x: 'y' }]) {
      const { tenant, team, permissions } = await claimsFor(client, form)
      expect([tenant, team, permissions]).toEqual(['acme', ['blue'], []])
    }
    const plain = await claimsFor(await keyClient(server))
    expect([plain['tenant'], plain['team']]).toEqual([undefined, undefined])
  })

  test('are shown by /tokeninfo', async () => {
    const client = await keyClient(server, {}, { allowedCustomClaims: ['tenant'] })
    const token = expectToken(await login(server, assertionOf(client, server, { claims: said })))
    const authorization = `Bearer ${token}`
    const { body } = await server.call('/tokeninfo', { headers: { authorization } })
    expect([body.tenant, body.team]).toEqual(['acme', undefined])
  })

  test('can be allowed and taken away later, with effect on the next token', async () => {
    const client = await keyClient(server)
    const path = `${accountsPath}/${client.clientId}`
    const changed = await server.manage('PATCH', path, { allowedCustomClaims: ['tenant'] })
    expect([changed.status, changed.body.allowedCustomClaims]).toEqual([200, ['tenant']])
    expect((await claimsFor(client))['tenant']).toBe('acme')
    const taken = await server.manage('PATCH', path, { allowedCustomClaims: [] })
    expect([taken.status, taken.body.allowedCustomClaims]).toEqual([200, undefined])
    expect((await claimsFor(client))['tenant']).toBeUndefined()
  })

  test('can be allowed to accounts of companies, whose roles stay ours', async () => {
    const all = `${tree.path}/service-accounts`
    const publicKey = { ...jwkOf(rsa.publicKey), kid: 'k' }
    const given = { tokenEndpointAuthMethod: 'private_key_jwt', publicKey, role: 'developer' }
    const account = companyAccount({ ...given, allowedCustomClaims: ['tenant'] })
    const { clientId, kid } = bodyOf(await server.manage('POST', all, account), 201)
    const client = { clientId, kid, alg: 'RS256', sign: signers.RS256(rsa.privateKey) } as const
    const claims = await claimsFor(client)
    expect([claims['tenant'], claims['company_id']]).toEqual(['acme', tree.companyId])
    expect(claims['roles']).toMatchObject({ companies: { [tree.companyId]: ['developer'] } })
    const path = `${all}/${clientId}`
    await server.manage('PATCH', path, { allowedCustomClaims: ['team'] })
    expect((await server.manage('GET', path)).body.allowedCustomClaims).toEqual(['team'])
    const { tenant, team } = await claimsFor(client)
    expect([tenant, team]).toEqual([undefined, ['blue']])
  })

  test('are none of an account that logs in by secret', async () => {
    const who = await secretClient(server, { allowedCustomClaims: ['tenant'] })
    const answer = await server.token(who, { tenant: 'acme' })
    expect(decoded(expectToken(answer))).not.toHaveProperty('tenant')
  })

  describe('that are too many to be carried', () => {
    const large = { claims: { tenant: 'x'.repeat(5000) } }

    test.each([
      ['without the core', {}],
      ['by the core', { x: 'y' }],
    ])('refuse the request and say why, to the client and in the log: %s', async (_, form) => {
      const client = await keyClient(server, {}, { allowedCustomClaims: ['tenant'] })
      const answer = await login(server, assertionOf(client, server, large), form)
      expectRefusal(answer, 400, 'invalid_request')
      const words = 'custom claims: tenant make 5013 bytes of JSON, expected at most 4096'
      expect(answer.body.message).toBe(words)
      expect(server.logged.join('')).toContain(`"detail":"${words}"`)
    })

    test.each([
      ['without the core', {}],
      ['by the core', { x: 'y' }],
    ])('with the audiences of the request refuse it and say why: %s', async (_, form) => {
      const audiences = Array.from({ length: 12 }, (_each, n) => `https://${n}.${'x'.repeat(400)}`)
      const allowed = { allowedCustomClaims: ['tenant'], audiences }
      const client = await keyClient(server, {}, allowed)
      const claims = { tenant: 'x'.repeat(2000), requested_audiences: audiences }
      const answer = await login(server, assertionOf(client, server, { claims }), form)
      expectRefusal(answer, 400, 'invalid_request')
      expect(answer.body.message).toMatch(
        /^audiences and custom claims make \d+ bytes of JSON, expected at most 6144$/,
      )
      const fewer = { ...claims, requested_audiences: audiences.slice(0, 9) }
      const token = expectToken(await login(server, assertionOf(client, server, { claims: fewer })))
      expect(decoded(token)['aud']).toHaveLength(9)
    })

    test('are no matter where they are not allowed', async () => {
      expectToken(await login(server, assertionOf(await keyClient(server), server, large)))
    })
  })

  test.each(['iss', 'permissions', 'roles', 'company_id', 'active'])(
    'are never a claim of ours: %s',
    async (name) => {
      const answers = [
        await server.manage('POST', accountsPath, wanted({ allowedCustomClaims: ['a', name] })),
        await server.manage(
          'POST',
          `${tree.path}/service-accounts`,
          companyAccount({ allowedCustomClaims: [name] }),
        ),
      ]
      const { clientId } = await secretClient(server)
      const path = `${accountsPath}/${clientId}`
      answers.push(await server.manage('PATCH', path, { allowedCustomClaims: [name] }))
      for (const { status, body } of answers) {
        expect([status, body.code, body.field]).toEqual([
          400,
          'request.invalid',
          'allowedCustomClaims',
        ])
        expect(body.message).toContain(`"${name}"`)
      }
    },
  )

  test.each([
    ['a text', 'tenant'],
    ['null', null],
    ['an object', { $gt: '' }],
    ['a number in it', [1]],
    ['an empty name', ['']],
    ['a name of 65 characters', ['x'.repeat(65)]],
    ['a name with a blank', ['a b']],
    ['the same twice', ['a', 'a']],
    ['21 names', Array.from({ length: 21 }, (_, at) => `c${at}`)],
  ])('are a list of names, and not %s', async (_, allowedCustomClaims) => {
    const { status, body } = await server.manage(
      'POST',
      accountsPath,
      wanted({ allowedCustomClaims }),
    )
    expect([status, body.code]).toEqual([400, 'request.invalid'])
    expect(body.field).toContain('allowedCustomClaims')
  })
})
