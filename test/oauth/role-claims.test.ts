import { expect, test } from '@jest/globals'
import type { Binding } from '../../src/domain/access/binding.ts'
import { environmentPlace, projectPlace } from '../../src/domain/access/places.ts'
import { companyClaims } from '../../src/oauth/role-claims.ts'
import { sampleAccount } from '../domain/samples.ts'

const mostBytes = 8 * 1024
const company = { on: 'company:acme', role: 'developer' } as const
const account = sampleAccount({ owner: company.on })

const claimsWith = (bindings: readonly Binding[], place?: Binding['on'], taken = 0) =>
  companyClaims(account, { place, taken }, { roles: () => bindings })

const bytesOf = (claims: object) =>
  'roles' in claims ? Buffer.byteLength(JSON.stringify(claims.roles)) : 0

/** A role on the company whose claim has exactly so many bytes. */
function bindingsOf(bytes: number): readonly Binding[] {
  const bare = bytesOf(claimsWith([{ ...company, role: '' }]))
  return [{ ...company, role: 'r'.repeat(bytes - bare) }]
}

const onProjects = (count: number): readonly Binding[] =>
  Array.from({ length: count }, (_, index) => ({
    on: projectPlace(`proj_${String(index).padStart(29, '0')}`),
    role: 'maintainer',
  }))

test('the roles of a token have up to 8 KiB, to the byte', () => {
  const whole = claimsWith(bindingsOf(mostBytes))
  expect([bytesOf(whole), 'roles_truncated' in whole]).toEqual([mostBytes, false])
  const cut = claimsWith(bindingsOf(mostBytes + 1))
  expect(cut).toEqual({
    company_id: 'acme',
    roles: { companies: {}, projects: {}, environments: {} },
    roles_truncated: true,
  })
})

test('the roles of a token leave room for what the request brings besides', () => {
  const bindings = bindingsOf(5000)
  expect(claimsWith(bindings)).not.toHaveProperty('roles_truncated')
  expect(claimsWith(bindings, undefined, 3000)).not.toHaveProperty('roles_truncated')
  expect(claimsWith(bindings, undefined, 4000)).toHaveProperty('roles_truncated', true)
  expect(claimsWith(bindings)).not.toHaveProperty('roles_truncated')
})

test('letters of several bytes count as what they take', () => {
  const many = onProjects(1).map(({ on }) => ({ on, role: 'ö'.repeat(mostBytes / 2) }))
  expect(claimsWith(many)).toMatchObject({ roles_truncated: true })
})

test('more roles than fit are never cut silently: those of the company stay, and a claim says so', () => {
  const claims = claimsWith([company, ...onProjects(500)])
  expect(claims).toEqual({
    company_id: 'acme',
    roles: { companies: { acme: ['developer'] }, projects: {}, environments: {} },
    roles_truncated: true,
  })
})

test('of more roles than fit, those are there whole that count for the place that was asked for', () => {
  const many = onProjects(500)
  const [first] = many
  const claims = claimsWith([company, ...many], first?.on)
  expect(claims).toEqual({
    company_id: 'acme',
    roles: {
      companies: { acme: ['developer'] },
      projects: { [String(first?.on.slice('project:'.length))]: ['maintainer'] },
      environments: {},
    },
  })
})

test('of a project with more environments than fit, what is held on it and above is there', () => {
  const project = { on: projectPlace('shop'), role: 'reporter' }
  const below = Array.from({ length: 500 }, (_, index) => ({
    on: environmentPlace('shop', `environment-${index}`),
    role: 'maintainer',
  }))
  expect(claimsWith([company, project, ...below], project.on)).toEqual({
    company_id: 'acme',
    roles: {
      companies: { acme: ['developer'] },
      projects: { shop: ['reporter'] },
      environments: {},
    },
    roles_truncated: true,
  })
})

test('a token with a scope names no role: whoever reads roles would let it do more than was asked for', () => {
  const bindings = [company, ...onProjects(1)]
  const claims = companyClaims(
    account,
    { scope: 'console.project.view' },
    { roles: () => bindings },
  )
  expect(claims).toEqual({
    company_id: 'acme',
    roles: { companies: {}, projects: {}, environments: {} },
  })
})
