import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { introspectPath } from '../../e2e/support/expectations.ts'
import { accountsPath } from '../../support/accounts.ts'
import { basic, startTestServer, type TestServer } from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { create, manage, view } from './accounts.ts'
import { bodyOf, member, newTree, type Tree } from './companies.ts'

onEachStore('/tokeninfo', (store) => {
  let server: TestServer
  let tree: Tree
  beforeAll(async () => {
    server = await startTestServer({ store })
    tree = await newTree(server)
  })
  afterAll(async () => await server.close())

  async function tokenOf(who: Parameters<TestServer['token']>[0], form = {}): Promise<string> {
    return bodyOf(await server.token(who, form), 200).access_token
  }
  const claimsOf = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` }
    return bodyOf(await server.call('/tokeninfo', { headers }), 200)
  }

  test('tells the roles that an account has now, and no others', async () => {
    const who = await member(server, tree, { role: 'developer' })
    const token = await tokenOf(who)
    const rolesNow = async () => (await claimsOf(token)).roles.companies[tree.companyId]
    expect(await rolesNow()).toEqual(['developer'])
    const path = `${tree.path}/service-accounts/${who.clientId}`
    await server.manage('PATCH', path, { role: 'maintainer' })
    expect(await rolesNow()).toEqual(['maintainer'])
    await server.manage('PATCH', path, { role: '' })
    expect(await rolesNow()).toBeUndefined()
    expect((await claimsOf(token)).company_id).toBe(tree.companyId)
  })

  test('leaves out permissions that an account of root has lost, and adds none', async () => {
    const who = await create(server, { permissions: [manage] })
    const token = await tokenOf(who, { scope: manage })
    const path = `${accountsPath}/${who.clientId}`
    await server.manage('PATCH', path, { permissions: [manage, view] })
    const { permissions, scope } = await claimsOf(token)
    expect([permissions, scope]).toEqual([[manage], manage])
    await server.manage('PATCH', path, { permissions: [view] })
    const after = await claimsOf(token)
    expect([after.permissions, after.scope]).toEqual([[], undefined])
  })

  test('leaves out of the scope what an account of a company holds no more', async () => {
    const who = await member(server, tree, { role: 'maintainer' })
    const scope = 'console.company.project.view console.company.view'
    const token = await tokenOf(who, { scope })
    expect((await claimsOf(token)).scope).toBe(scope)
    const path = `${tree.path}/service-accounts/${who.clientId}`
    await server.manage('PATCH', path, { role: '' })
    expect((await claimsOf(token)).scope).toBeUndefined()
  })

  test('keeps a token that was narrowed to a place as narrow', async () => {
    const { projectId } = tree
    const projectsRole = [{ projectId, role: 'maintainer' }]
    const who = await member(server, tree, { role: 'guest', projectsRole })
    const token = await tokenOf(who, { resource: `urn:ostiary:project:${projectId}` })
    const before = await claimsOf(token)
    expect(before.scope_resource).toBe(`urn:ostiary:project:${projectId}`)
    expect(before.roles.projects).toEqual({ [projectId]: ['maintainer'] })
  })

  test('names no role of a token that was narrowed by a scope, as the token itself', async () => {
    const { projectId } = tree
    const projectsRole = [{ projectId, role: 'maintainer' }]
    const who = await member(server, tree, { role: 'guest', projectsRole })
    const resource = `urn:ostiary:project:${projectId}`
    const token = await tokenOf(who, { scope: 'console.project.view', resource })
    const none = { companies: {}, projects: {}, environments: {} }
    expect([(await claimsOf(token)).roles, decodeJwt(token)['roles']]).toEqual([none, none])
  })

  test('differs from introspection, which tells what was signed', async () => {
    const who = await create(server, { permissions: [view] })
    const token = await tokenOf(who)
    await server.manage('PATCH', `${accountsPath}/${who.clientId}`, { permissions: [] })
    const answer = await server.call(introspectPath, {
      method: 'POST',
      headers: { authorization: basic(server.admin) },
      body: new URLSearchParams({ token }),
    })
    expect(answer.body.permissions).toEqual([view])
    expect((await claimsOf(token)).permissions).toEqual([])
  })

  test('tells everything else as it was signed', async () => {
    const who = await create(server, { permissions: [view], audiences: ['urn:a', 'urn:b'] })
    const token = await tokenOf(who, { audience: 'urn:a' })
    const [, payload = ''] = token.split('.')
    const signed = JSON.parse(Buffer.from(payload, 'base64url').toString())
    expect(await claimsOf(token)).toEqual(signed)
  })
})
