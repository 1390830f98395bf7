import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { accountsPath } from '../../support/accounts.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { type Caller, callerFor, create, manage } from './accounts.ts'
import { bodyOf, companyAccount, member, newTree, type Tree, uniqueWord } from './companies.ts'

const found = 'console.root.company.create'

let server: TestServer
let manager: Caller

beforeAll(async () => {
  server = await startTestServer()
  manager = await callerFor(server, await create(server, { permissions: [manage, found] }))
})
afterAll(async () => await server.close())

describe('whoever manages root accounts does not become the owner of a company by way of its founder', () => {
  test.each([
    ['a secret of its own', 'POST', '/credentials', {}],
    ['its rotated secret', 'POST', '/rotate', { overlapSeconds: 0 }],
  ])('by %s', async (_, method, end, body) => {
    const who = await create(server, { permissions: [found] })
    const path = `${accountsPath}/${who.clientId}`
    expect((await manager('POST', `${path}/credentials`, {})).status).toBe(201)
    const founder = await callerFor(server, who)
    bodyOf(await founder('POST', '/api/companies', { name: uniqueWord('company') }), 201)
    const answer = await manager(method, `${path}${end}`, body)
    expect([answer.status, answer.body.code]).toEqual([403, 'grant.exceeds_own'])
  })
})

describe('whoever only manages the identities of a company', () => {
  let tree: Tree
  let ownId: string
  let caller: Caller

  beforeAll(async () => {
    tree = await newTree(server)
    const role = { name: uniqueWord('role'), permissions: ['console.company.users.manage'] }
    const { roleId } = bodyOf(await server.manage('POST', `${tree.path}/roles`, role), 201)
    const who = await member(server, tree, { role: roleId })
    ownId = who.clientId
    caller = await callerFor(server, who)
  })

  const refused = async (method: string, end: string, body?: unknown) => {
    const answer = await caller(method, `${tree.path}${end}`, body)
    expect([end, answer.status, answer.body?.code]).toEqual([end, 403, 'grant.exceeds_own'])
  }

  test.each([
    ['adds a secret to', 'POST', '/credentials', {}],
    ['rotates the secret of', 'POST', '/rotate', { overlapSeconds: 0 }],
    ['ends the tokens of', 'POST', '/revoke-tokens', undefined],
    ['renames', 'PATCH', '', { name: 'mine' }],
    ['takes the role of', 'PATCH', '', { role: '' }],
    ['deletes', 'DELETE', '', undefined],
  ])('never %s an owner', async (_, method, end, body) => {
    const owner = await member(server, tree, { role: 'company-owner' })
    await refused(method, `/service-accounts/${owner.clientId}${end}`, body)
  })

  test('adds no secret to an account that is an owner by a group', async () => {
    const { clientId } = await member(server, tree)
    const group = { name: uniqueWord('group'), role: 'company-owner', members: [clientId] }
    bodyOf(await server.manage('POST', `${tree.path}/groups`, group), 201)
    await refused('POST', `/service-accounts/${clientId}/credentials`, {})
  })

  test('becomes no member of a group of owners, and makes and changes none', async () => {
    const group = { name: uniqueWord('group'), role: 'company-owner' }
    const made = bodyOf(await server.manage('POST', `${tree.path}/groups`, group), 201)
    const at = `/groups/${made._id}`
    await refused('POST', `${at}/members`, { memberIds: [ownId] })
    await refused('PATCH', at, { role: '' })
    await refused('DELETE', at)
    const mine = { name: uniqueWord('group'), role: 'company-owner', members: [ownId] }
    await refused('POST', '/groups', mine)
  })

  test('invites nobody as an owner, and gives no role beyond its own', async () => {
    await refused('POST', '/users', { email: 'eve@people.example', role: 'company-owner' })
    const { clientId } = await member(server, tree)
    const at = `/service-accounts/${clientId}`
    for (const role of ['guest', 'company-owner']) await refused('PATCH', at, { role })
    const projectsRole = [{ projectId: tree.projectId, role: 'project-admin' }]
    await refused('PATCH', at, { projectsRole })
    await refused('PATCH', `/service-accounts/${ownId}`, { role: 'company-owner' })
    await refused('POST', '/service-accounts', companyAccount({ role: 'reporter' }))
    await refused('POST', '/service-accounts', companyAccount({ audiences: ['https://x.example'] }))
  })
})
