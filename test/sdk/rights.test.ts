import { beforeAll, describe, expect, test } from '@jest/globals'
import type { VerifierOptions } from '../../src/sdk/index.ts'
import { failureOf, issuer, json } from './fake-server.ts'
import { audience, issuing, type Signer, signer } from './issuing.ts'

let first: Signer
beforeAll(async () => {
  first = await signer('first')
})

const path = '/api/access/check'
const roles = { projects: { proj: ['editor'] }, companies: { comp: ['guest'] }, environments: {} }
const forBoth = { aud: [audience, issuer] }

/** A resource server whose issuer answers like this when it is asked about rights. */
function asking(answers: readonly boolean[], more: Partial<VerifierOptions> = {}) {
  const all = issuing(first, more)
  const reply = { is: () => json({ answers: answers.map((allowed) => ({ allowed })) }) }
  all.answers[`${issuer}${path}`] = () => reply.is()
  return { ...all, reply, questions: () => all.askedFor(path) }
}

describe('permissions that are required', () => {
  test('are found in the access token of a root account, without asking anybody', async () => {
    const { verify, token, questions } = asking([], { permissions: ['a.b', 'c.d'] })
    await verify(await token(first, { permissions: ['c.d', 'a.b'] }))
    const failed = await failureOf(verify(await token(first, { permissions: ['a.b'] })))
    expect(failed.code).toBe('insufficient_scope')
    expect(questions()).toBe(0)
  })

  test('of one call take the place of those that the verifier was made with', async () => {
    const { verify, token } = asking([], { permissions: ['c.d'] })
    const given = await token(first)
    await verify(given, { permissions: ['a.b'] })
    expect((await failureOf(verify(given, { permissions: undefined }))).code).toBe(
      'insufficient_scope',
    )
  })

  test('of a project token are asked of the issuer, by the token itself', async () => {
    const { verify, projectToken, seen } = asking([true, true], {
      permissions: ['a.b', 'c.d'],
      resource: 'proj',
    })
    const token = await projectToken(forBoth)
    expect((await verify(token)).token_id).toBe('token')
    const asked = seen.at(-1)
    expect(new Headers(asked?.init.headers).get('authorization')).toBe(`Bearer ${token}`)
    expect(JSON.parse(String(asked?.init.body))).toEqual({
      questions: [
        { permission: 'a.b', resource: 'proj' },
        { permission: 'c.d', resource: 'proj' },
      ],
    })
  })

  test('of the access token of a company account are asked in the same way', async () => {
    const { verify, token, questions } = asking([true], { permissions: ['a.b'], resource: 'proj' })
    await verify(await token(first, { ...forBoth, company_id: 'comp', permissions: [] }))
    expect(questions()).toBe(1)
  })

  test('are missing where the issuer says no to one of them', async () => {
    const { verify, projectToken } = asking([true, false], { permissions: ['a.b', 'c.d'] })
    const failed = await failureOf(verify(await projectToken(forBoth)))
    expect(failed.code).toBe('insufficient_scope')
  })

  test('are missing where the token is not for the issuer, who is then not sent it', async () => {
    const { verify, projectToken, questions } = asking([true], { permissions: ['a.b'] })
    expect((await failureOf(verify(await projectToken()))).code).toBe('insufficient_scope')
    expect(questions()).toBe(0)
  })

  test('are asked for once a minute for each token and place', async () => {
    const { verify, projectToken, questions, pass, reply } = asking([true], {
      permissions: ['a.b'],
    })
    const token = await projectToken(forBoth)
    await Promise.all([verify(token), verify(token)])
    await verify(token)
    expect(questions()).toBe(1)
    await verify(token, { resource: 'other' })
    await verify(await projectToken({ ...forBoth, jti: 'another' }))
    expect(questions()).toBe(3)
    reply.is = () => json({ answers: [{ allowed: false }] })
    pass(60)
    expect((await failureOf(verify(token))).code).toBe('insufficient_scope')
  })

  test('are as they were last known while the issuer is away, within the bound', async () => {
    const { verify, projectToken, pass, reply } = asking([true], {
      permissions: ['a.b'],
      staleSeconds: 300,
    })
    const token = await projectToken(forBoth)
    await verify(token)
    reply.is = () => json({}, { status: 503 })
    pass(299)
    await verify(token)
    pass(2)
    expect(await failureOf(verify(token))).toMatchObject({ status: 503 })
  })

  test('end a token that the issuer does not take any more', async () => {
    const { verify, projectToken, reply } = asking([true], { permissions: ['a.b'] })
    reply.is = () => json({ code: 'token.refused' }, { status: 401 })
    expect((await failureOf(verify(await projectToken(forBoth)))).code).toBe('token_revoked')
  })

  test.each([
    ['fewer answers than questions', { answers: [] }],
    ['something else', { allowed: true }],
  ])('are not taken for held where the issuer gives %s', async (_, body) => {
    const { verify, projectToken, reply } = asking([], { permissions: ['a.b'] })
    reply.is = () => json(body)
    const failed = await failureOf(verify(await projectToken(forBoth)))
    expect(failed.code).toBe('unexpected_answer')
  })
})

describe('roles that are required', () => {
  const editor = { role: 'editor', on: 'proj' }

  test('are one of those that an access token has, on the place that is named', async () => {
    const { verify, token, seen } = asking([])
    const given = await token(first, { company_id: 'comp', roles })
    await verify(given, { roles: [editor] })
    await verify(given, { roles: [{ role: 'owner', on: 'comp' }, editor] })
    expect(seen.filter(({ url }) => url.endsWith(path))).toEqual([])
  })

  test.each([
    { role: 'editor', on: 'other' },
    { role: 'editor', on: 'comp' },
    { role: 'owner', on: 'proj' },
    { role: 'editor', on: 'constructor' },
    { role: 'editor', on: '__proto__' },
  ])('are not held elsewhere or by another name: %j', async (role) => {
    const { verify, token } = asking([])
    const given = await token(first, { company_id: 'comp', roles })
    expect((await failureOf(verify(given, { roles: [role] }))).code).toBe('insufficient_scope')
  })

  test('are never held by a project token, nor by the empty list', async () => {
    const { verify, projectToken, token } = asking([])
    const project = await projectToken(forBoth)
    expect((await failureOf(verify(project, { roles: [editor] }))).code).toBe('insufficient_scope')
    const access = await token(first, { roles })
    expect((await failureOf(verify(access, { roles: [] }))).code).toBe('insufficient_scope')
  })

  test('that did not fit into a token are said to be so', async () => {
    const { verify, token } = asking([])
    const cut = await token(first, { roles: { projects: {} }, roles_truncated: true })
    const failed = await failureOf(verify(cut, { roles: [editor] }))
    expect(failed.message).toContain('not all of its roles fit')
  })
})
