import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import {
  basic,
  type Credentials,
  startTestServer,
  type TestServer,
  tokenPath,
} from '../../support/server.ts'
import { onEachStore } from '../../support/stores.ts'
import { callerFor, create, standing, view } from './accounts.ts'
import { bodyOf, companyAccount, member, newTree, type Tree, uniqueWord } from './companies.ts'

onEachStore('in a company that ends', (store) => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer({ store })
  })
  afterAll(async () => await server.close())

  test('every token is refused from the acknowledgement on, and every login', async () => {
    const tree = await newTree(server)
    const who = await member(server, tree, { role: 'company-owner' })
    const token: string = bodyOf(await server.token(who), 200).access_token
    const seen = async () => [
      await standing(server, server.admin, token),
      (await server.token(who)).status,
    ]
    expect(await seen()).toEqual([{ tokeninfo: 200, active: true }, 200])
    bodyOf(await server.manage('PATCH', tree.path, { state: 'disabled' }), 200)
    expect(await seen()).toEqual([{ tokeninfo: 401, active: false }, 401])
    expect((await server.manage('DELETE', tree.path)).status).toBe(204)
    expect(await seen()).toEqual([{ tokeninfo: 401, active: false }, 401])
  })

  test('nothing that is made in the very moment is good for anything', async () => {
    const tree = await newTree(server)
    const make = () =>
      server.manage(
        'POST',
        `${tree.path}/service-accounts`,
        companyAccount({ role: 'company-owner' }),
      )
    const [gone, ...made] = await Promise.all([
      server.manage('DELETE', tree.path),
      ...Array.from({ length: 8 }, make),
      server.manage('POST', `${tree.path}/projects`, { name: uniqueWord('late') }),
      server.manage('POST', `/api/projects/${tree.projectId}/environments`, { name: 'Late' }),
    ])
    expect(gone?.status).toBe(204)
    for (const { status, body } of made) {
      expect([201, 404]).toContain(status)
      if (body.clientId) expect((await server.token(body)).status).toBe(401)
      if (body.projectId) {
        expect((await server.manage('GET', `/api/projects/${body.projectId}`)).status).toBe(404)
      }
    }
  })

  test('no token is issued after it was disabled, however many are asked for meanwhile', async () => {
    const tree = await newTree(server)
    const who = await member(server, tree)
    const flood = Array.from({ length: 20 }, () => server.token(who))
    const [disabled] = await Promise.all([
      server.manage('PATCH', tree.path, { state: 'disabled' }),
      ...flood,
    ])
    expect(disabled.status).toBe(200)
    expect((await server.token(who)).status).toBe(401)
    for (const { status, body } of await Promise.all(flood)) {
      expect([200, 401]).toContain(status)
      if (status !== 200) continue
      const seen = await standing(server, server.admin, body.access_token)
      expect(seen).toEqual({ tokeninfo: 401, active: false })
    }
  })

  test('a role that is given while its project is deleted holds nothing', async () => {
    const tree = await newTree(server)
    const who = await member(server, tree)
    const path = `${tree.path}/service-accounts/${who.clientId}`
    const role = { projectId: tree.projectId, role: 'project-admin' }
    await Promise.all([
      server.manage('DELETE', `/api/projects/${tree.projectId}`),
      server.manage('PATCH', path, { projectsRole: [role] }),
    ])
    const caller = await callerFor(server, who)
    expect((await caller('GET', `/api/projects/${tree.projectId}`)).status).toBe(404)
    const token = bodyOf(await server.token(who), 200).access_token
    expect(decodeJwt(token)['roles']).toEqual({ companies: {}, projects: {}, environments: {} })
  })

  test('a role of a company that is given while it is deleted is in no token', async () => {
    const tree = await newTree(server)
    const who = await member(server, tree)
    const path = `${tree.path}/service-accounts/${who.clientId}`
    for (let round = 0; round < 5; round += 1) {
      const wanted = { name: uniqueWord('role'), permissions: ['console.company.view'] }
      const { roleId } = bodyOf(await server.manage('POST', `${tree.path}/roles`, wanted), 201)
      const [given, deleted] = await Promise.all([
        server.manage('PATCH', path, { role: roleId }),
        server.manage('DELETE', `${tree.path}/roles/${roleId}`),
      ])
      expect([given.status < 500, deleted.status < 500]).toEqual([true, true])
      const isThere = (await server.manage('GET', `${tree.path}/roles/${roleId}`)).status === 200
      const token = bodyOf(await server.token(who), 200).access_token
      expect(JSON.stringify(decodeJwt(token)['roles']).includes(roleId) && !isThere).toBe(false)
    }
  })
})

describe('a resource indicator', () => {
  let server: TestServer
  let own: Tree
  let who: Credentials
  const ask = async (...resources: readonly string[]) => {
    const form = new URLSearchParams({ grant_type: 'client_credentials' })
    for (const resource of resources) form.append('resource', resource)
    const headers = { authorization: basic(who) }
    return await server.call(tokenPath, { method: 'POST', headers, body: form })
  }
  const project = ({ projectId }: Tree) => `urn:ostiary:project:${projectId}`

  beforeAll(async () => {
    server = await startTestServer()
    own = await newTree(server)
    who = await member(server, own, { role: 'developer' })
  })
  afterAll(async () => await server.close())

  test('that names a place of another company is refused like one that names nothing', async () => {
    const other = await newTree(server)
    const absent = await ask('urn:ostiary:project:none')
    expect([absent.status, absent.body.error]).toEqual([400, 'invalid_target'])
    const foreign = [
      project(other),
      `urn:ostiary:company:${other.companyId}`,
      `urn:ostiary:environment:${other.projectId}:${other.envId}`,
      `urn:ostiary:environment:${own.projectId}:none`,
    ]
    for (const resource of foreign) {
      const { status, text } = await ask(resource)
      expect([resource, status, text]).toEqual([resource, 400, absent.text])
    }
  })

  test('names one place, and only in the one way of writing it', async () => {
    const here = project(own)
    expect((await ask(here)).status).toBe(200)
    const wrong = [
      [here, `urn:ostiary:company:${own.companyId}`],
      [here, server.url],
      ['urn:ostiary:'],
      ['urn:ostiary:root'],
      ['urn:ostiary:company:'],
      ['urn:ostiary:environment:x'],
      [`${here}:x`],
      [`${here}?x`],
      [`${here}#x`],
      [here.toUpperCase()],
      ['urn:ostiary:audience:e30'],
      [`urn:ostiary:audience:${Buffer.from(JSON.stringify([here])).toString('base64url')}`],
    ]
    for (const resources of wrong) {
      const { status, body } = await ask(...resources)
      expect([resources, status, body.error]).toEqual([resources, 400, 'invalid_target'])
    }
  })

  test('never becomes an audience', async () => {
    const { body } = await ask(project(own))
    expect(decodeJwt(body.access_token)).toMatchObject({ aud: server.url })
  })
})

describe('a narrowed token', () => {
  let server: TestServer
  let own: Tree

  beforeAll(async () => {
    server = await startTestServer()
    own = await newTree(server)
  })
  afterAll(async () => await server.close())

  test('of an owner does nothing beside what it says, and not there either beyond its place', async () => {
    const owner = await member(server, own, { role: 'company-owner' })
    const scope = 'console.project.configuration.update console.project.view'
    const resource = `urn:ostiary:project:${own.projectId}`
    const narrow = await callerFor(server, owner, { scope, resource })
    const path = `/api/projects/${own.projectId}`
    expect((await narrow('GET', path)).status).toBe(200)
    const refused = [
      ['GET', own.path, undefined],
      ['PATCH', path, { name: 'x' }],
      ['POST', `${own.path}/projects`, { name: 'x' }],
      ['POST', `${own.path}/service-accounts`, companyAccount()],
      ['POST', `${own.path}/service-accounts/${owner.clientId}/rotate`, { overlapSeconds: 0 }],
      ['DELETE', own.path, undefined],
    ] as const
    for (const [method, at, body] of refused) {
      expect([method, at, (await narrow(method, at, body)).status]).toEqual([method, at, 403])
    }
  })

  test('of the root does what it says in the place that it names, and nothing anywhere else', async () => {
    const other = await newTree(server)
    const root = await create(server, { permissions: [view, 'console.root.company.delete'] })
    const scope = 'console.company.view'
    const resource = `urn:ostiary:company:${own.companyId}`
    const narrow = await callerFor(server, root, { scope, resource })
    expect((await narrow('GET', own.path)).status).toBe(200)
    expect((await narrow('DELETE', own.path)).status).toBe(403)
    const listed = bodyOf(await narrow('GET', '/api/companies'), 200)
    expect(listed).toMatchObject([{ companyId: own.companyId }])
    for (const path of [other.path, `/api/projects/${own.projectId}`, '/api/audit']) {
      expect([path, (await narrow('GET', path)).status]).not.toEqual([path, 200])
    }
  })

  test('has no permission of the root for a place, which would be good everywhere', async () => {
    const root = await create(server, { permissions: [view] })
    const resource = `urn:ostiary:company:${own.companyId}`
    const { status, body } = await server.token(root, { scope: view, resource })
    expect([status, body.error]).toEqual([400, 'invalid_scope'])
  })

  test('gives no role, though its account might', async () => {
    const owner = await member(server, own, { role: 'company-owner' })
    const scope = 'console.project.users.manage'
    const resource = `urn:ostiary:project:${own.projectId}`
    const narrow = await callerFor(server, owner, { scope, resource })
    const who = await member(server, own)
    const path = `${own.path}/service-accounts/${who.clientId}`
    const role = { projectId: own.projectId, role: 'guest' }
    const answer = await narrow('PATCH', path, { projectsRole: [role] })
    expect([answer.status, answer.body.code]).toEqual([403, 'grant.exceeds_own'])
  })
})

describe('a list of projects', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(async () => await server.close())

  test('has each once, however often its company is named', async () => {
    const tree = await newTree(server)
    const often = Array.from({ length: 100 }, () => tree.companyId).join(',')
    const path = `/api/backend/projects/?tenantIds=${often}`
    expect(bodyOf(await server.manage('GET', path), 200)).toHaveLength(1)
  })
})
