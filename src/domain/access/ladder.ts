import type { Permission, RootPermission } from './permissions.ts'
import { isPermission } from './permissions.ts'
import { type Level, levels } from './places.ts'

/** Which permissions allow something, by the level at which they are held. */
export type Needs = { readonly [L in Level]?: readonly Permission[] }

/** What a permission for the whole installation allows besides itself. */
const rootReaches: { readonly [P in RootPermission]?: readonly Permission[] } = {
  'console.root.company.delete': ['console.company.delete'],
  'console.root.project.create': ['console.company.project.create'],
  'console.root.project.details.update': [
    'console.company.details.update',
    'console.company.project.details.update',
    'console.project.details.update',
  ],
  'console.root.project.delete': ['console.company.project.delete', 'console.project.delete'],
  'console.root.templates.manage': ['console.company.templates.manage'],
  'marketplace.root.manage': ['marketplace.company.resources.manage'],
}

/** Whoever manages the identities of a company manages those of its projects (an owner, too). */
const implied: { readonly [P in Permission]?: readonly Permission[] } = {
  'console.company.project.users.manage': ['console.company.users.manage'],
}

/** The level on which a permission is asked about: the second of its words. */
export function levelOfPermission(permission: Permission): Level {
  const [, word] = permission.split('.')
  return levels.find((level) => level === word) ?? 'root'
}

function known(names: readonly string[]): readonly Permission[] {
  return names.filter(isPermission)
}

function fromRoot(permission: Permission): readonly Permission[] {
  const reaching = Object.entries(rootReaches)
    .filter(([, reached]) => reached.includes(permission))
    .map(([name]) => name)
  return known(permission.endsWith('.view') ? ['console.root.view', ...reaching] : reaching)
}

function withImplied(names: readonly Permission[]): readonly Permission[] {
  return names.flatMap((name) => [name, ...(implied[name] ?? [])])
}

function needsOf(permission: Permission): Needs {
  const level = levelOfPermission(permission)
  const rest = permission.split('.').slice(2).join('.')
  const root = fromRoot(permission)
  switch (level) {
    case 'root':
      return { root: [permission] }
    case 'company':
      return { root, company: withImplied([permission]) }
    case 'project':
      return {
        root,
        company: withImplied(known([`console.company.project.${rest}`])),
        project: [permission],
      }
    case 'environment':
      return {
        root,
        company: known([`console.company.project.environment.${rest}`]),
        project: known([`console.project.environment.${rest}`]),
        environment: [permission],
      }
  }
}

const all = new Map<Permission, Needs>()

/**
 * What a permission is granted by, from the root down to its own level: on each level above, the
 * permission of that level that means the same for all that is below.
 */
export function ladder(permission: Permission): Needs {
  const made = all.get(permission) ?? needsOf(permission)
  all.set(permission, made)
  return made
}
