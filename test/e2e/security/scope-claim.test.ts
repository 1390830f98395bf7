import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { basic, startTestServer, type TestServer } from '../../support/server.ts'
import { keyClient, secretClient } from '../support/accounts.ts'
import { assertionForm, assertionOf } from '../support/assertions.ts'
import { decoded, expectToken, grant, post } from '../support/expectations.ts'

const permissions = ['console.root.user.bind', 'console.root.view']

describe.each([
  ['always', permissions.join(' ')],
  ['requested', undefined],
] as const)('a server whose tokens.scopeClaim is %s', (scopeClaim, scope) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ env: { OSTIARY_TOKENS_SCOPE_CLAIM: scopeClaim } })
  })
  afterAll(() => server.close())

  test.each([
    ['by secret', {}],
    ['by secret through the core', { x: '1' }],
  ])('issues tokens for which no scope was asked %s accordingly', async (_, form) => {
    const authorization = basic(await secretClient(server, { permissions }))
    const token = expectToken(await post(server, grant(form), { headers: { authorization } }))
    expect(decoded(token)['scope']).toBe(scope)
    expect(decoded(token)['permissions']).toEqual(permissions)
  })

  test('issues tokens for which no scope was asked by assertion accordingly', async () => {
    const signer = await keyClient(server, {}, { permissions })
    const answer = await post(server, assertionForm(assertionOf(signer, server)))
    expect(decoded(expectToken(answer))['scope']).toBe(scope)
  })

  test('names what was asked for, and no more', async () => {
    const authorization = basic(await secretClient(server, { permissions }))
    const asked = { scope: permissions[0] ?? '' }
    const answer = await post(server, grant(asked), { headers: { authorization } })
    expect(decoded(expectToken(answer))).toMatchObject({ ...asked, permissions: [asked.scope] })
  })

  test('issues no scope to an account without permissions', async () => {
    const authorization = basic(await secretClient(server, { permissions: [] }))
    const answer = await post(server, grant(), { headers: { authorization } })
    expect(decoded(expectToken(answer))).not.toHaveProperty('scope')
  })
})
