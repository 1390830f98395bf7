import { describe, expect, test } from '@jest/globals'
import { companyPlace } from '../../../src/domain/access/places.ts'
import { accountSubject, rightsOf } from '../../../src/domain/access/rights.ts'
import { updateCompanyAccount } from '../../../src/domain/accounts/of-company.ts'
import { insert } from '../../../src/domain/change.ts'
import { createCompany } from '../../../src/domain/companies/companies.ts'
import type { Context } from '../../../src/domain/context.ts'
import type { Group } from '../../../src/domain/groups/group.ts'
import { newRecordId } from '../../../src/domain/records.ts'
import { mostRoles } from '../../../src/domain/roles/limits.ts'
import { createRole, deleteRole, updateRole } from '../../../src/domain/roles/roles.ts'
import { newMembers } from '../../../src/domain/tree-records.ts'
import type { User } from '../../../src/domain/users/user.ts'
import { racing, refusal, worldOfFile } from '../world.ts'

const world = worldOfFile()
const see = 'console.company.view'

async function companyWith(ctx: Context, name: string) {
  const company = await createCompany(ctx, { name })
  const role = await createRole(ctx, company.id, { name: 'watcher', permissions: [see] })
  return { companyId: company.id, role, target: { companyId: company.id, roleId: role.id } }
}

const roleChange = (companyId: string, role: string) => ({
  patch: {},
  roles: [{ on: companyPlace(companyId), role }],
})

describe('a role of a company', () => {
  test('that is deleted while it is given to somebody holds nothing for them', async () => {
    const { system, account } = world()
    const { companyId, role, target } = await companyWith(system, 'racing')
    const { clientId } = await account({ owner: companyPlace(companyId) })
    const ctx = racing(system, () => deleteRole(system, target))
    await updateCompanyAccount(ctx, { clientId, companyId }, roleChange(companyId, role.id))
    const known = system.known.accountByClientId(clientId)
    expect(known?.bindings).toEqual([{ on: companyPlace(companyId), role: role.id }])
    const rights = known && rightsOf(system.known, accountSubject(known))
    expect(rights?.held.get(companyPlace(companyId))).toEqual([])
    await updateCompanyAccount(system, { clientId, companyId }, roleChange(companyId, ''))
    expect(system.known.accountByClientId(clientId)?.bindings).toEqual([])
  })

  test('that is given to somebody while it is deleted stays', async () => {
    const { system, account } = world()
    const { companyId, role, target } = await companyWith(system, 'given')
    const { clientId } = await account({ owner: companyPlace(companyId) })
    const ctx = racing(system, async () => {
      await updateCompanyAccount(system, { clientId, companyId }, roleChange(companyId, role.id))
      // Somebody else writes the role too, so that the deletion is decided again.
      await updateRole(system, target, { description: 'changed meanwhile' })
    })
    expect(await refusal(deleteRole(ctx, target))).toEqual(['role.in_use', { holder: clientId }])
  })

  test('is in use where a group holds it', async () => {
    const { system } = world()
    const { companyId, role, target } = await companyWith(system, 'used by a group')
    const record: Group = {
      ...newMembers(system, { name: 'team' }),
      id: newRecordId('group', system.now()),
      company: companyId,
      members: [],
      bindings: [{ on: companyPlace(companyId), role: role.id }],
    }
    await insert(system, 'group', { action: 'account.bind', record })
    const refused = await refusal(deleteRole(system, target))
    expect(refused).toEqual(['role.in_use', { holder: record.id }])
  })

  test('is in use where a person holds it', async () => {
    const { system } = world()
    const { companyId, role, target } = await companyWith(system, 'used by a person')
    const record: User = {
      ...newMembers(system, { name: 'Ada' }),
      id: newRecordId('user', system.now()),
      state: 'enabled',
      permissions: [],
      bindings: [{ on: companyPlace(companyId), role: role.id }],
    }
    await insert(system, 'user', { action: 'account.bind', record })
    const refused = await refusal(deleteRole(system, target))
    expect(refused).toEqual(['role.in_use', { holder: record.id }])
  })

  test('is one of at most 200', async () => {
    const { system } = world()
    const { companyId, target } = await companyWith(system, 'full of roles')
    const create = (n: number) =>
      createRole(system, companyId, { name: `role ${n}`, permissions: [] })
    for (let n = 1; n < mostRoles; n += 1) await create(n)
    expect(await refusal(create(mostRoles))).toEqual(['role.limit', { most: 200 }])
    await deleteRole(system, target)
    expect(await refusal(create(mostRoles))).toEqual([])
  })
})
