import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { clientSecretBasic, revocationFeed, tokenSource, verifier } from '../../src/sdk/index.ts'
import { uniqueName } from '../support/accounts.ts'
import { eventually } from '../support/eventually.ts'
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
async function projectToken(seconds = 300) {
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
  const { clientId, clientSecret } = (await server.manage('POST', accounts, account)).body
  const expiresAt = new Date(Date.now() + seconds * 1000).toISOString()
  const path = `/api/service-accounts/${clientId}/tokens`
  const wanted = { name: 'deploy', expiresAt, audiences: [audience] }
  const { id, token } = (await server.manage('POST', path, wanted)).body
  const accountPath = `${accounts}/${clientId}`
  return { mine, other, clientId, clientSecret, id, token, path: `${path}/${id}`, accountPath }
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

/** Longer than tokens live that have no place in a status list. */
const twoDays = 2 * 86_400

describe('a token that lives long', () => {
  /** Whether it is good by the list of this moment, without asking what it allows. */
  const asked = (token: string) => {
    const verify = verifier({ issuer: server.url, audience, pollSeconds: 0 })
    return async () =>
      await verify(token).then(
        () => 'good',
        ({ code }) => code,
      )
  }

  test('is good by its status list until it is deleted', async () => {
    const { token, path } = await projectToken(twoDays)
    const state = asked(token)
    expect(await state()).toBe('good')
    await server.manage('DELETE', path)
    expect(await eventually(state, (found) => found !== 'good')).toBe('token_revoked')
  })

  test('is revoked by its regeneration, and its next value is good', async () => {
    const { token, path } = await projectToken(twoDays)
    const state = asked(token)
    expect(await state()).toBe('good')
    const expiresAt = new Date(Date.now() + twoDays * 1000).toISOString()
    const next = (await server.manage('POST', `${path}/regenerate`, { expiresAt })).body.token
    expect(await eventually(state, (found) => found !== 'good')).toBe('token_revoked')
    expect(await asked(next)()).toBe('good')
  })

  test('is revoked while its account is disabled, and good again after', async () => {
    const { token, accountPath } = await projectToken(twoDays)
    const state = asked(token)
    await server.manage('PATCH', accountPath, { state: 'disabled' })
    expect(await eventually(state, (found) => found !== 'good')).toBe('token_revoked')
    await server.manage('PATCH', accountPath, { state: 'enabled' })
    expect(await eventually(state, (found) => found === 'good')).toBe('good')
  })
})

describe('a verifier that follows the feed of revocations', () => {
  const stop = new AbortController()
  afterAll(() => stop.abort())

  /** What it says of tokens, once the feed has begun; lists are read again after a minute. */
  async function following() {
    const { clientId, clientSecret } = server.admin
    const authentication = clientSecretBasic(clientId, clientSecret)
    const token = tokenSource({ issuer: server.url, authentication })
    const feed = revocationFeed({ issuer: server.url, token, signal: stop.signal })
    const now = () => Date.now() + server.clock.offset
    const verify = verifier({ issuer: server.url, audience, feed, now })
    await eventually(feed.isLive)
    return async (text: string) =>
      await verify(text).then(
        () => 'good',
        ({ code }) => code,
      )
  }

  const isNotGood = (found: string) => found !== 'good'

  test.each([300, twoDays])(
    'learns at once that a token of %i seconds was deleted',
    async (life) => {
      const { token, path } = await projectToken(life)
      const stateOf = await following()
      expect(await stateOf(token)).toBe('good')
      await server.manage('DELETE', path)
      expect(await eventually(() => stateOf(token), isNotGood)).toBe('token_revoked')
    },
  )

  test.each([300, twoDays])(
    'learns of a former value of a token of %i seconds that the time is over for which it was let be',
    async (life) => {
      const { token, path } = await projectToken(life)
      const stateOf = await following()
      const expiresAt = new Date(Date.now() + life * 1000).toISOString()
      const body = { overlapSeconds: 20, expiresAt }
      const next = (await server.manage('POST', `${path}/regenerate`, body)).body.token
      expect(await stateOf(token)).toBe('good')
      server.clock.offset += 20_000
      expect(await eventually(() => stateOf(token), isNotGood)).toBe('token_revoked')
      expect(await stateOf(next)).toBe('good')
    },
  )

  test('learns at once that the account of a token was disabled', async () => {
    const { token, accountPath } = await projectToken(twoDays)
    const stateOf = await following()
    expect(await stateOf(token)).toBe('good')
    await server.manage('PATCH', accountPath, { state: 'disabled' })
    expect(await eventually(() => stateOf(token), isNotGood)).toBe('token_revoked')
  })

  test('learns at once that access tokens were revoked, and leaves what lives long alone', async () => {
    const { token, accountPath, clientSecret, clientId } = await projectToken(twoDays)
    const access = (await server.token({ clientId, clientSecret }, { audience })).body.access_token
    const stateOf = await following()
    expect(await stateOf(access)).toBe('good')
    await server.manage('POST', `${accountPath}/revoke-tokens`)
    expect(await eventually(() => stateOf(access), isNotGood)).toBe('token_revoked')
    expect(await stateOf(token)).toBe('good')
  })
})
