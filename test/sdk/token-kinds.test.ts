import { beforeAll, describe, expect, test } from '@jest/globals'
import { failureOf } from './fake-server.ts'
import { issuing, type Signer, signer } from './issuing.ts'

let first: Signer
beforeAll(async () => {
  first = await signer('first')
})

describe('a verifier', () => {
  test('takes a project token, whose account is its sub and which carries no permissions', async () => {
    const { verify, projectToken } = issuing(first)
    expect(await verify(await projectToken())).toMatchObject({
      sub: 'client',
      client_id: 'client',
      token_id: 'token',
      project_id: 'project',
      permissions: [],
    })
  })

  test.each([
    ['at+jwt', 'access'],
    ['JWT', 'access'],
    ['JWT', 'project'],
  ])('takes the typ %s of the kind %s', async (typ, kind) => {
    const { verify, sign, shared } = issuing(first)
    const own = kind === 'access' ? { client_id: 'client' } : { token_id: 'token' }
    expect((await verify(await sign({ ...shared(), ...own }, typ, first))).client_id).toBe('client')
  })

  test.each<readonly [string, object, string]>([
    ['a project token as an access token', { token_id: 'token' }, 'at+jwt'],
    ['what could be of two kinds', { token_id: 'token', client_id: 'client' }, 'JWT'],
    ['what could be of two kinds, as an access token', { token_id: 't', client_id: 'c' }, 'at+jwt'],
    ['what is of no kind', {}, 'JWT'],
    ['a status list', { client_id: 'client' }, 'statuslist+jwt'],
    ['a token of an account that is no text', { client_id: 5 }, 'at+jwt'],
    ['a token whose own id is no text', { token_id: 5 }, 'JWT'],
  ])('refuses %s', async (_, claims, typ) => {
    const { verify, sign, shared } = issuing(first)
    const token = await sign({ ...shared(), ...claims }, typ, first)
    expect((await failureOf(verify(token))).code).toBe('invalid_token')
  })

  test('refuses a kind that is not accepted, and says so', async () => {
    const onlyAccess = issuing(first, { kinds: ['access'] })
    const failed = await failureOf(onlyAccess.verify(await onlyAccess.projectToken()))
    expect(failed.code).toBe('invalid_token')
    expect(failed.message).toContain('the kind project')
    const onlyProject = issuing(first, { kinds: ['project'] })
    const token = await onlyProject.token(first)
    expect((await failureOf(onlyProject.verify(token))).code).toBe('invalid_token')
  })
})
