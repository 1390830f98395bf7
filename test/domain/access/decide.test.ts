import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { actions, grantsOf } from '../../../src/domain/access/actions.ts'
import { decide, type Holding, rightsWith } from '../../../src/domain/access/decide.ts'
import { ladder } from '../../../src/domain/access/ladder.ts'
import { isPermission, permissions } from '../../../src/domain/access/permissions.ts'
import type { Path } from '../../../src/domain/access/places.ts'
import { builtInRole } from '../../../src/domain/access/roles.ts'

const domain = resolve(import.meta.dirname, '../../../src/domain')
const direct = { kind: 'permission' } as const
const atRoot = (
  permission: 'console.root.view' | 'console.root.serviceaccount.manage',
): Holding => ({
  on: 'root',
  by: direct,
  permissions: new Set([permission]),
})
const byRole = (role: string, on: Holding['on'], level: 'company' | 'project' | 'environment') =>
  ({
    on,
    by: { kind: 'role', role },
    permissions: builtInRole(role)?.at(level) ?? new Set(),
  }) satisfies Holding
const root: Path = ['root']
const company: Path = ['root', 'company:c']
const project: Path = [...company, 'project:p']
const environment: Path = [...project, 'environment:p:dev']
const holding = (...holdings: readonly Holding[]) => rightsWith(holdings, { audiences: [] })
const manage = 'console.root.serviceaccount.manage'
const view = 'console.root.view'

describe('a decision', () => {
  test('names the grant that allowed it', () => {
    const rights = holding(atRoot(view), atRoot(manage))
    expect(decide(rights, grantsOf('account.update'), root)).toEqual({
      allowed: true,
      grant: { on: 'root', permission: manage, by: direct },
    })
  })

  test('names the role that allowed it, and where it is held', () => {
    const rights = holding(byRole('maintainer', 'environment:p:dev', 'environment'))
    expect(decide(rights, ladder('console.environment.deploy.trigger'), environment)).toEqual({
      allowed: true,
      grant: {
        on: 'environment:p:dev',
        permission: 'console.environment.deploy.trigger',
        by: { kind: 'role', role: 'maintainer' },
      },
    })
  })

  test('names all that was looked for, from the root down', () => {
    const decision = decide(holding(atRoot(view)), ladder('console.environment.view'), environment)
    expect(decision.allowed).toBe(true)
    expect(decide(holding(), ladder('console.environment.view'), environment)).toEqual({
      allowed: false,
      tried: [
        { level: 'root', on: 'root', permission: 'console.root.view' },
        {
          level: 'company',
          on: 'company:c',
          permission: 'console.company.project.environment.view',
        },
        { level: 'project', on: 'project:p', permission: 'console.project.environment.view' },
        { level: 'environment', on: 'environment:p:dev', permission: 'console.environment.view' },
      ],
    })
  })

  test('counts a role on its own place and below, and nowhere else', () => {
    const needs = ladder('console.environment.deploy.trigger')
    const other: Path = [...company, 'project:q', 'environment:q:dev']
    const onProject = holding(byRole('maintainer', 'project:p', 'project'))
    expect(decide(onProject, needs, environment).allowed).toBe(true)
    expect(decide(onProject, needs, other).allowed).toBe(false)
    const onEnvironment = holding(byRole('maintainer', 'environment:p:dev', 'environment'))
    expect(decide(onEnvironment, needs, [...project, 'environment:p:prod']).allowed).toBe(false)
    expect(decide(onEnvironment, ladder('console.project.view'), project).allowed).toBe(false)
    const onCompany = holding(byRole('maintainer', 'company:c', 'company'))
    expect(decide(onCompany, needs, other).allowed).toBe(true)
  })

  test('lets an owner manage the identities of every project', () => {
    const rights = holding(byRole('company-owner', 'company:c', 'company'))
    expect(decide(rights, ladder('console.project.users.manage'), project).allowed).toBe(true)
  })

  test('allows the system everything', () => {
    const rights = rightsWith([], { audiences: [], everything: true })
    expect(decide(rights, grantsOf('account.delete'), root).allowed).toBe(true)
  })
})

/** Granted, carried in tokens and answered for: what acts on them are other services. */
const forOthers = / \(for other services\)$/

test('every permission is needed by an action, or said to be for other services', () => {
  const needed = new Set(
    Object.values(actions).flatMap(({ grantedBy }) => Object.values(grantedBy).flat()),
  )
  const idle = Object.entries(permissions)
    .filter(
      ([name, meaning]) => isPermission(name) && !needed.has(name) && !forOthers.test(meaning),
    )
    .map(([name]) => name)
  expect(idle).toEqual([])
})

/** The text of every file of the domain but the table itself. */
const sources = readdirSync(domain, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('access/actions.ts'))
  .map((name) => ({ name, text: readFileSync(join(domain, name), 'utf8') }))

describe('the table of actions', () => {
  test.each(Object.keys(actions))('%s is asserted by a use case', (action) => {
    const asserted = new RegExp(
      `(permit\\(ctx, |action = [^\\n]*|findFor\\(ctx, [^\\n]*, |action: )'${action.replace('.', '\\.')}'`,
    )
    expect(sources.filter(({ text }) => asserted.test(text))).not.toHaveLength(0)
  })

  /** What may be done without leave: see each. */
  const withoutLeave: Readonly<Record<string, string>> = {
    permit: 'it is the assertion',
    currentRights: 'it is what the assertion reads',
    findFor: 'it asserts the action that it is given',
    change: 'it asserts the action that it is given',
    insert: 'its callers assert',
    changeAccount: 'it asserts the action that it is given',
    insiderRights: 'it reads what the actor may do, for whoever asserts each part',
    seenReader: 'its callers assert',
    inOrder: 'its callers assert',
    homeOf: 'it only finds where a project would belong, for who may know of it',
    makeUsualCompany: 'its callers assert',
    letOwnersIn: 'its callers assert, or the server finishes what they did',
    finishProjects: 'the server finishes what others made',
    listProjects: 'each project is judged',
    makeOwnProject: 'the settings say who may; assertMayMake asserts the rest',
    refusedLogins: 'its callers assert',
    seenOne: 'its callers assert',
    readSeenAccount: 'what it reads by asserts',
    signIn: 'the server signs in whose token it verified',
    checkAccess: 'of themselves everybody may ask; judgedBy asserts it of others',
    checkEach: 'of themselves everybody may ask; judgedBy asserts it of others',
    explainAccess: 'of themselves everybody may ask; judgedBy asserts it of others',
    purgeBindings: 'the server takes out what is over already',
    closeLists: 'whoever can write the store restores it',
    endAllTokens: 'whoever can write the store restores it',
    purgeTokens: 'the server deletes what is dead already',
    endOverlaps: 'the server ends what is over already',
    warnOfEnd: 'the server tells what ends',
    purgeOrphans: 'the server deletes what is dead already',
    writePurged: 'its callers are the server itself',
    seenCompanies: 'it leaves out what the actor may not see',
    seenProjects: 'it leaves out what the actor may not see',
    listEnvironments: 'it leaves out what the actor may not see',
    namedProjects: 'it leaves out what the actor may not see',
    updateCompanyAccount: 'what it calls asserts each part',
    assertAhead: 'it hands on what the assertion reads',
    updateGroup: 'what it calls asserts each part',
    companyUsers: 'its callers assert',
    companyUser: 'its callers assert',
    mayName: 'it is part of the assertion',
    membersOf: 'its callers assert',
    narrowedUsers: 'its callers assert',
    addressee: 'its callers assert',
    assertNotLast: 'it guards a change that was asserted',
    ensureInstallation: 'the server makes it for itself',
    writeInstallation: 'its callers assert, or are the server itself',
    writeRestored: 'whoever can write the store restores it',
    raiseEpoch: 'whoever can write the store restores it',
    newAccount: 'its callers assert',
    writeCompany: 'its callers assert',
    writeProject: 'its callers assert',
    writeEnvironment: 'its callers assert',
    recoverAccount: 'whoever can write the store is root',
    recordSigningKeys: 'the server tells what it sees in its keys folder',
    keepSigningKey: 'the server, or whoever can write the store, makes it',
    lastKept: 'the server reads what it keeps itself',
    endSigningKey: 'the server tells what it sees in its keys folder',
    hasOwner: 'whoever takes an owner from a company was asked for leave',
    assertOwnerBeside: 'the same, before the first of several writes',
    keepsOwner: 'the same',
    keepsOwnerBeside: 'the same',
    keepsOwnerBesideFounder: 'the same',
    coin: 'its callers assert',
    rememberEnded: 'its callers assert',
    deleteAll: 'its callers are the server itself, or restore it',
    reservePlaces: 'the server gives each token that it makes a place',
    holderFor: 'it asserts the action that it is given',
    revokedSince: 'it leaves out what the actor may not know of',
    feedBegin: 'it tells of nothing',
    credentialsPage: 'the list that it is a page of asserts',
    listBuiltInRoles: 'it tells whoever is somebody what there always is',
    listPermissions: 'the same',
    endToken: 'a caller ends its own token (RFC 7009 §2.1), which the endpoint checks',
    revokeToken: 'a caller ends its own token (RFC 7009 §2.1), which the endpoint checks',
  }

  test('every use case asserts an action', () => {
    const useCases = sources.flatMap(({ name, text }) =>
      [
        ...text.matchAll(
          /\nexport (?:async )?function (\w+)(?:<[^>]*>)?\(\s*ctx: Context[\s\S]*?\n\}/g,
        ),
      ]
        .filter(([body]) => body.includes('Promise<'))
        .map(([body, called = '']) => ({ name: `${name} ${called}`, called, body })),
    )
    expect(useCases.length).toBeGreaterThan(8)
    const silent = useCases
      .filter(({ called }) => !(called in withoutLeave))
      .filter(({ body }) => !/(permit|findFor|holderFor)\(ctx, |action: '/.test(body))
    expect(silent.map(({ name }) => name)).toEqual([])
  })

  test('says in words of its own what each action is', () => {
    const rows = Object.entries<{ title: string; on: string }>(actions)
    const titles = rows.map(([, { title, on }]) => `${title} ${on}`)
    expect(new Set<string>(titles).size).toBe(rows.length)
  })
})
