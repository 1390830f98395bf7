import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { verifier } from '../../src/sdk/index.ts'
import { uniqueName } from '../support/accounts.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { failureOf } from './fake-server.ts'

const audience = 'https://orders.example'
const permissions = ['console.project.view']

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

/** A token of an account with a role on one project, beside another project. */
async function projectToken() {
  const name = uniqueName()
  const { companyId } = (await server.manage('POST', '/api/companies', { name })).body
  const projects = `/api/companies/${companyId}/projects`
  const mine = (await server.manage('POST', projects, { name: 'Mine' })).body.projectId
  const other = (await server.manage('POST', projects, { name: 'Other' })).body.projectId
  const account = {
    ...{ name: uniqueName(), tokenEndpointAuthMethod: 'client_secret_basic' },
    audiences: [audience],
    projectsRole: [{ projectId: mine, role: 'developer' }],
  }
  const accounts = `/api/companies/${companyId}/service-accounts`
  const { clientId } = (await server.manage('POST', accounts, account)).body
  // So short a life that no status list is needed.
  const expiresAt = new Date(Date.now() + 300_000).toISOString()
  const path = `/api/service-accounts/${clientId}/tokens`
  const wanted = { name: 'deploy', expiresAt, audiences: [audience] }
  const { id, token } = (await server.manage('POST', path, wanted)).body
  return { mine, other, clientId, id, token, path: `${path}/${id}` }
}

describe('a verifier beside the server', () => {
  test('takes a project token, and finds what its account may do where', async () => {
    const { mine, other, clientId, id, token } = await projectToken()
    const verify = verifier({ issuer: server.url, audience, permissions })
    expect(await verify(token, { resource: mine })).toMatchObject({
      client_id: clientId,
      token_id: id,
      permissions: [],
    })
    for (const resource of [other, undefined]) {
      expect((await failureOf(verify(token, { resource }))).code).toBe('insufficient_scope')
    }
  })

  test('learns that a token was deleted when it asks what that may do', async () => {
    const { mine, token, path } = await projectToken()
    const verify = verifier({ issuer: server.url, audience, permissions, rightsSeconds: 0 })
    await verify(token, { resource: mine })
    expect((await server.manage('DELETE', path)).status).toBe(204)
    expect((await failureOf(verify(token, { resource: mine }))).code).toBe('token_revoked')
  })

  test('learns that a value was regenerated in the same way, and takes the next one', async () => {
    const { mine, token, path, id } = await projectToken()
    const verify = verifier({ issuer: server.url, audience, permissions, rightsSeconds: 0 })
    const expiresAt = new Date(Date.now() + 300_000).toISOString()
    const next = (await server.manage('POST', `${path}/regenerate`, { expiresAt })).body.token
    expect((await failureOf(verify(token, { resource: mine }))).code).toBe('token_revoked')
    expect((await verify(next, { resource: mine })).token_id).toBe(id)
  })

  test('refuses one where access tokens alone are wanted, and for other audiences', async () => {
    const { token } = await projectToken()
    const asked = { issuer: server.url, audience }
    expect((await failureOf(verifier({ ...asked, kinds: ['access'] })(token))).code).toBe(
      'invalid_token',
    )
    const other = verifier({ ...asked, audience: 'https://other.example' })
    expect((await failureOf(other(token))).code).toBe('invalid_token')
  })
})
