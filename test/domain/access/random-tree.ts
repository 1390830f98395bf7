import type { Binding } from '../../../src/domain/access/binding.ts'
import {
  type Permission,
  permissionNames,
  type RootPermission,
  rootPermissionNames,
} from '../../../src/domain/access/permissions.ts'
import {
  companyPlace,
  environmentPlace,
  type Place,
  projectPlace,
} from '../../../src/domain/access/places.ts'
import { builtInRoles } from '../../../src/domain/access/roles.ts'
import type { Account } from '../../../src/domain/accounts/account.ts'
import type { Company, SubjectRef } from '../../../src/domain/companies/company.ts'
import type { Environment } from '../../../src/domain/environments/environment.ts'
import type { Group } from '../../../src/domain/groups/group.ts'
import { type Id, trustedId } from '../../../src/domain/ids.ts'
import type { Project } from '../../../src/domain/projects/project.ts'
import type { CustomRole } from '../../../src/domain/roles/custom-role.ts'
import type { User } from '../../../src/domain/users/user.ts'
import { sampleAccount } from '../samples.ts'

/** A tree of companies and all who are bound in it, as records. */
export interface RandomTree {
  readonly companies: readonly Company[]
  readonly projects: readonly Project[]
  readonly environments: readonly Environment[]
  readonly roles: readonly CustomRole[]
  readonly groups: readonly Group[]
  readonly users: readonly User[]
  readonly accounts: readonly Account[]
  /** All that is there, and some that is not. */
  readonly places: readonly Place[]
}

/** Numbers below 1 that are the same for the same seed (mulberry32). */
export function numbersOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Choices that are the same for the same numbers. */
export function choices(next: () => number) {
  const below = (most: number) => Math.floor(next() * most)
  const many = <T>(most: number, make: (place: number) => T): T[] =>
    Array.from({ length: below(most + 1) }, (_, place) => make(place))
  const one = <T>(items: readonly T[]): T => {
    const item = items[below(items.length)]
    if (item === undefined) throw new Error('nothing to choose from')
    return item
  }
  const some = <T>(items: readonly T[], share: number) => items.filter(() => next() < share)
  return { below, many, one, some, isSo: (share: number) => next() < share }
}

const times = { createdAt: 0, createdBy: 'test', updatedAt: 0 }
const members = { version: 1, live: true, description: '', ...times }

const named = <K extends 'company' | 'project' | 'environment' | 'role' | 'group' | 'user'>(
  kind: K,
  place: string,
): { readonly id: Id<K>; readonly name: string; readonly slug: string } => {
  const name = `${kind}_${place}`
  return { id: trustedId(kind, name), name, slug: name }
}

const below = permissionNames.filter((name) => !rootPermissionNames.some((root) => root === name))

/** What stands in a tree before anybody is bound in it. */
function bareTree({ many, some, isSo }: ReturnType<typeof choices>) {
  const companies = ['a', 'b'].map((letter) => ({
    ...members,
    ...named('company', letter),
    state: 'enabled' as const,
  }))
  const projects = companies.flatMap(({ id, name }) =>
    many(2, (place) => ({ ...members, ...named('project', `${name}_${place}`), company: id })),
  )
  const environments = projects.flatMap(({ id: project, company, name }) =>
    many(2, (place) => ({
      ...members,
      ...named('environment', `${name}_${place}`),
      project,
      company,
      envId: `env${place}`,
      namespace: `${name}-${place}`,
    })),
  )
  const roles = companies.flatMap(({ id, name }) =>
    many(3, (place) => ({
      ...members,
      ...named('role', `${name}_${place}`),
      company: id,
      permissions: some<Permission>(below, isSo(0.5) ? 0.1 : 0.4),
    })),
  )
  return { companies, projects, environments, roles }
}

/** A tree in which everything happens that can: roles that do not fit, that are foreign or gone. */
export function randomTree(next: () => number): RandomTree {
  const chosen = choices(next)
  const { many, one, some, isSo } = chosen
  const bare = bareTree(chosen)
  const there = [
    ...bare.companies.map(({ id }) => companyPlace(id)),
    ...bare.projects.map(({ id }) => projectPlace(id)),
    ...bare.environments.map(({ project, envId }) => environmentPlace(project, envId)),
  ]
  const gone = [companyPlace('gone'), projectPlace('gone'), environmentPlace('gone', 'env0')]
  const places = [...there, ...there, ...gone, environmentPlace('project_company_a_0', 'env9')]
  const roleNames = [...builtInRoles, ...bare.roles].map(({ id }) => id)
  const bindings = (): readonly Binding[] =>
    many(3, () => ({ on: one(places), role: isSo(0.05) ? 'role_gone' : one(roleNames) }))
  const rootOnes = (): readonly RootPermission[] =>
    isSo(0.3) ? some(rootPermissionNames, 0.3) : []
  const users = many(3, (place) => ({
    ...members,
    ...named('user', String(place)),
    state: 'enabled' as const,
    permissions: rootOnes(),
    bindings: bindings(),
  }))
  const accounts = many(3, (place) => {
    const isRoot = isSo(0.4)
    const owner = isRoot ? ('root' as const) : companyPlace(one(bare.companies).id)
    const clientId = `client_${place}`
    const held = isRoot
      ? { permissions: rootOnes(), bindings: [] }
      : { permissions: [], bindings: bindings() }
    return sampleAccount({ clientId, owner, ...held })
  })
  const refs: readonly SubjectRef[] = [
    ...users.map(({ id }) => ({ kind: 'person' as const, id })),
    ...accounts.map(({ clientId }) => ({ kind: 'account' as const, id: clientId })),
  ]
  const groups = bare.companies.flatMap(({ id, name }) =>
    many(2, (place) => ({
      ...members,
      ...named('group', `${name}_${place}`),
      company: id,
      members: some(refs, 0.5),
      bindings: bindings(),
    })),
  )
  const companies = bare.companies.map((company) => {
    const founder = refs.length > 0 && isSo(0.5) ? { founder: one(refs) } : {}
    return { ...company, ...founder }
  })
  return { ...bare, companies, users, accounts, groups, places: ['root', ...places] }
}

/** The same tree a moment later: founders or members are others, roles hold something else, or places are gone. */
export function changedTree(next: () => number, tree: RandomTree): RandomTree {
  const { one, some, isSo } = choices(next)
  const others = tree.groups.flatMap(({ members: all }) => all)
  const anew = <R extends { readonly version: number }>(record: R): R => ({
    ...record,
    version: record.version + 1,
  })
  const changes: readonly (() => Partial<RandomTree>)[] = [
    () => ({ companies: tree.companies.map(({ founder: _, ...company }) => anew(company)) }),
    () => ({ projects: tree.projects.map((project) => anew({ ...project, live: isSo(0.5) })) }),
    () => ({
      roles: tree.roles.map((role) => {
        return anew({ ...role, permissions: some(below, 0.3), live: isSo(0.8) })
      }),
    }),
    () => ({ groups: tree.groups.map((group) => anew({ ...group, members: some(others, 0.5) })) }),
  ]
  return { ...tree, ...one(changes)() }
}

/** What of a tree is there. */
export function living(tree: RandomTree): RandomTree {
  return {
    ...tree,
    projects: tree.projects.filter(({ live }) => live),
    roles: tree.roles.filter(({ live }) => live),
  }
}
