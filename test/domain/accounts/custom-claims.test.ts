import { describe, expect, test } from '@jest/globals'
import { assertClaimsAreFree, customClaims } from '../../../src/domain/accounts/custom-claims.ts'

const nested = (levels: number): unknown => (levels === 0 ? 'x' : [nested(levels - 1)])

describe('the claims that an account may say of itself', () => {
  test.each([
    ...['iss', 'sub', 'aud', 'client_id', 'iat', 'exp', 'nbf', 'jti', 'scope', 'scope_resource'],
    ...['permissions', 'roles', 'roles_truncated', 'company_id', 'generation', 'credential_id'],
    ...['epoch', 'typ', 'cnf', 'act', 'groups', 'active', 'requested_audiences', '__proto__'],
    ...['token_id', 'project_id', 'status'],
  ])('are none of ours: %s', (claim) => {
    expect(() => assertClaimsAreFree(['tenant', claim])).toThrow(`"claim":"${claim}"`)
  })

  test('may have any other name', () => {
    expect(() =>
      assertClaimsAreFree(['tenant', 'https://example.com/x', 'constructor']),
    ).not.toThrow()
  })

  test('are those that are allowed and said, as they were said', () => {
    const said = { tenant: { id: 1 }, team: null, other: 'x', sub: 'somebody' }
    const allowed = ['tenant', 'team', 'absent', 'toString']
    const claims = { tenant: { id: 1 }, team: null }
    expect(customClaims(allowed, said)).toEqual({ ok: true, claims })
  })

  test('leave out a name that became ours after it was allowed', () => {
    const said = { roles: ['company-owner'], tenant: 'a' }
    expect(customClaims(['roles', 'tenant'], said)).toEqual({ ok: true, claims: { tenant: 'a' } })
  })

  test('are 4 KiB of JSON in all at the most, and named when they are more', () => {
    const said = { a: 'x'.repeat(2040), b: 'y'.repeat(2041) }
    expect(Buffer.byteLength(JSON.stringify(said))).toBe(4096)
    expect(customClaims(['a', 'b'], said).ok).toBe(true)
    const why = 'custom claims: a, b make 4097 bytes of JSON, expected at most 4096'
    expect(customClaims(['a', 'b'], { ...said, b: `${said.b}y` })).toEqual({ ok: false, why })
    expect(customClaims(['a'], { ...said, b: `${said.b}y` }).ok).toBe(true)
  })

  test('are nested in eight levels at the most', () => {
    expect(customClaims(['a'], { a: nested(8) }).ok).toBe(true)
    const why = 'custom claims: a is nested in more than 8 levels'
    expect(customClaims(['a'], { a: nested(9) })).toEqual({ ok: false, why })
  })
})
