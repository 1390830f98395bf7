import type { Binding } from '../../domain/access/binding.ts'
import type { Kind, Records } from '../../domain/records.ts'

/** The roles that were taken away since, each with its place. */
export function bindingsBack(
  older: readonly Binding[],
  newer: readonly Binding[],
): readonly string[] {
  const held = new Set(newer.map(({ on, role }) => `${role} on ${on}`))
  return older.map(({ on, role }) => `${role} on ${on}`).filter((one) => !held.has(one))
}

/** What was taken from a list since: `had lost …`, or nothing. */
function lost(names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`had lost ${names.join(', ')}`]
}

function membersBack(older: Records['group'], newer: Records['group']): readonly string[] {
  const there = new Set(newer.members.map(({ id }) => id))
  return older.members.filter(({ id }) => !there.has(id)).map(({ id }) => `member ${id}`)
}

type Both<K extends Kind> = (older: Records[K], newer: Records[K]) => readonly string[]

/** What of a record that is still there was ended since, and holds again. */
const changes: {
  readonly [K in 'company' | 'project' | 'environment' | 'group' | 'role' | 'user']: Both<K>
} = {
  company: (older, newer) =>
    older.state === 'enabled' && newer.state !== 'enabled' ? ['was disabled'] : [],
  project: () => [],
  environment: () => [],
  group: (older, newer) =>
    lost([...membersBack(older, newer), ...bindingsBack(older.bindings, newer.bindings)]),
  role: (older, newer) =>
    lost(older.permissions.filter((held) => !newer.permissions.includes(held))),
  user: (older, newer) => [
    ...(older.state === 'enabled' && newer.state !== 'enabled' ? ['was disabled'] : []),
    ...lost([
      ...older.permissions.filter((held) => !newer.permissions.includes(held)),
      ...bindingsBack(older.bindings, newer.bindings),
    ]),
  ],
}

/** A kind of record of the tree, or of those who are bound in it. */
export type TreeKind = keyof typeof changes

function isTreeKind(name: string): name is TreeKind {
  return Object.hasOwn(changes, name)
}

/** All of them. */
export const treeKinds: readonly TreeKind[] = Object.keys(changes).filter(isTreeKind)

/** What of one record was ended since, and is good again. */
export function treeBack<K extends TreeKind>(
  kind: K,
  older: Records[K],
  newer: Records[K] | undefined,
): readonly string[] {
  if (!older.live) return []
  if (!newer?.live) return ['was deleted']
  const changed: Both<K> = changes[kind]
  return changed(older, newer)
}
