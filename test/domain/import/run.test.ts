import { describe, expect, test } from '@jest/globals'
import type { Context } from '../../../src/domain/context.ts'
import type { Given } from '../../../src/domain/import/given.ts'
import { type Ground, storeGround } from '../../../src/domain/import/ground.ts'
import { partsOf } from '../../../src/domain/import/parts.ts'
import { rehearsalGround } from '../../../src/domain/import/rehearsal.ts'
import { importParts } from '../../../src/domain/import/run.ts'
import { Problem } from '../../../src/domain/problem.ts'
import { worldOfFile } from '../world.ts'

const world = worldOfFile()

/** A company, a project, two environments and a role, whose ids begin alike. */
function sample(id: string): Given {
  const environments = [
    { envId: 'one', label: 'One' },
    { envId: 'two', label: 'Two' },
  ]
  const project = { projectId: `${id}.project`, name: 'Project', environments }
  return {
    companies: [{ companyId: id, name: `Company ${id}`, projects: [project] }],
    roles: [{ roleId: `${id}.role`, companyId: id, name: 'Role', permissions: [] }],
    accounts: [
      {
        clientId: `${id}.account`,
        name: 'Account',
        companyId: id,
        authMethod: 'client_secret_basic',
        role: `${id}.role`,
      },
    ],
  }
}

async function outcomes(ground: Ground, given: Given) {
  const all: string[] = []
  for await (const [{ at }, made] of importParts(ground, partsOf(given))) {
    const why = made.outcome !== 'refused' ? '' : made.why
    const reason = typeof why === 'string' ? why : why.code
    all.push([at, made.outcome, ...(reason === '' ? [] : [reason])].join(' '))
  }
  return all
}

/** The same context, whose store fails when a role is written. */
function failing(ctx: Context, problem: Problem): Context {
  const commit: Context['store']['commit'] = async (kind, record, event) => {
    if (kind === 'role') throw problem
    await ctx.store.commit(kind, record, event)
  }
  return { ...ctx, store: { ...ctx.store, commit } }
}

/** The same context, in which another import makes all of it just before a call of this one. */
function overtaken(ctx: Context, given: Given, call: (typeof overtakenAt)[number]): Context {
  let isOvertaken = false
  const overtake = async (at: string) => {
    if (at !== call || isOvertaken) return
    isOvertaken = true
    await outcomes(storeGround(ctx), given)
  }
  const commit: Context['store']['commit'] = async (kind, record, event) => {
    await overtake(`commit ${kind}`)
    await ctx.store.commit(kind, record, event)
  }
  const events: Context['store']['events'] = async (wanted) => {
    if (wanted.id !== undefined) await overtake('events')
    return await ctx.store.events(wanted)
  }
  return { ...ctx, store: { ...ctx.store, commit, events } }
}
const overtakenAt = [
  'events',
  'commit company',
  'commit project',
  'commit environment',
  'commit role',
  'commit account',
] as const

describe('an import', () => {
  test('is rehearsed with the outcome that it then has', async () => {
    const { system } = world()
    const given = sample('rehearsed')
    const foreseen = await outcomes(rehearsalGround(system), given)
    expect(foreseen).toEqual([
      'companies.0 made',
      'companies.0.projects.0 made',
      'companies.0.projects.0.environments.0 made',
      'companies.0.projects.0.environments.1 made',
      'roles.0 made',
      'accounts.0 made',
    ])
    expect(await system.store.get('company', 'rehearsed')).toBeUndefined()
    expect(await outcomes(storeGround(system), given)).toEqual(foreseen)
  })

  test('leaves all as it is when it is run again', async () => {
    const { system } = world()
    await outcomes(storeGround(system), sample('twice'))
    for (const ground of [rehearsalGround(system), storeGround(system)]) {
      const all = await outcomes(ground, sample('twice'))
      expect(all.filter((line) => !line.endsWith(' there'))).toEqual([])
    }
  })

  test.each(overtakenAt)(
    'finds there what another made at the same moment: at %s',
    async (call) => {
      const { system } = world()
      const given = sample(`raced.${call.replace(' ', '.')}`)
      const all = await outcomes(storeGround(overtaken(system, given, call)), given)
      expect(all.filter((line) => line.includes('refused'))).toEqual([])
      expect(all.at(-1)).toBe('accounts.0 there')
    },
  )

  test('goes on after the last record that was written before the store failed', async () => {
    const { system } = world()
    const away = new Problem('store.unavailable', { retryAfterSeconds: 1 })
    const cut = outcomes(storeGround(failing(system, away)), sample('cut'))
    await expect(cut).rejects.toBe(away)
    expect(await outcomes(storeGround(system), sample('cut'))).toEqual([
      'companies.0 there',
      'companies.0.projects.0 there',
      'companies.0.projects.0.environments.0 there',
      'companies.0.projects.0.environments.1 there',
      'roles.0 made',
      'accounts.0 made',
    ])
  })

  test('gives names of the store that are taken to nobody else', async () => {
    const { system } = world()
    await outcomes(storeGround(system), sample('named'))
    const other = sample('other')
    const companies = other.companies.map((company) => ({ ...company, name: 'company NAMED' }))
    for (const ground of [rehearsalGround(system), storeGround(system)]) {
      expect(await outcomes(ground, { ...other, companies })).toEqual([
        'companies.0 refused name.taken',
        'companies.0.projects.0 refused company_is_absent',
        'companies.0.projects.0.environments.0 refused project_is_absent',
        'companies.0.projects.0.environments.1 refused project_is_absent',
        'roles.0 refused company_is_absent',
        'accounts.0 refused company_is_absent',
      ])
    }
  })

  test('makes no second record under an id that the log names', async () => {
    const { system } = world()
    await outcomes(storeGround(system), sample('first'))
    const given: Given = {
      companies: [{ companyId: 'first.role', name: 'Second', projects: [] }],
      roles: [{ roleId: 'first.project', companyId: 'first', name: 'New', permissions: [] }],
      accounts: [],
    }
    for (const ground of [rehearsalGround(system), storeGround(system)]) {
      expect(await outcomes(ground, given)).toEqual([
        'companies.0 refused id_was_used',
        'roles.0 refused id_was_used',
      ])
    }
  })

  test('takes nothing that is there for a record of another company', async () => {
    const { system } = world()
    await outcomes(storeGround(system), sample('mine'))
    const mine = sample('mine')
    const theirs = { companyId: 'theirs', name: 'Theirs' }
    const given: Given = {
      companies: [{ ...theirs, projects: mine.companies.flatMap(({ projects }) => projects) }],
      roles: [{ roleId: 'mine.role', companyId: 'theirs', name: 'Role', permissions: [] }],
      accounts: mine.accounts.map((account) => ({ ...account, companyId: 'theirs' })),
    }
    expect(await outcomes(rehearsalGround(system), given)).toEqual([
      'companies.0 made',
      'companies.0.projects.0 refused is_of_another_company',
      'companies.0.projects.0.environments.0 refused project_is_absent',
      'companies.0.projects.0.environments.1 refused project_is_absent',
      'roles.0 refused is_of_another_company',
      'accounts.0 refused is_of_another_company',
    ])
  })

  test('makes a role of a company out of no permission for the whole installation', async () => {
    const { system } = world()
    const role = { companyId: 'strict', name: 'Role' }
    const given: Given = {
      companies: [{ companyId: 'strict', name: 'Strict', projects: [] }],
      roles: [
        { ...role, roleId: 'guest', permissions: [] },
        { ...role, roleId: 'too.much', permissions: ['console.root.view'] },
        { ...role, roleId: 'unknown', permissions: ['console.fly'] },
      ],
      accounts: [],
    }
    expect((await outcomes(storeGround(system), given)).slice(1)).toEqual([
      'roles.0 refused role_is_built_in',
      'roles.1 refused request.invalid',
      'roles.2 refused permission.unknown',
    ])
  })
})
