import { idOf } from '../../domain/access/places.ts'
import type { Account } from '../../domain/accounts/account.ts'
import { groupOf } from '../../domain/accounts/of-project.ts'
import type { Member } from '../../domain/projects/members.ts'
import type { Project } from '../../domain/projects/project.ts'
import type { Issued } from '../../domain/tokens/create.ts'
import type { SeenToken } from '../../domain/tokens/manage.ts'
import type { Token } from '../../domain/tokens/token.ts'
import type { User } from '../../domain/users/user.ts'

/** A time as this dialect writes it: without fractions of a second. */
function timestamp(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** A group as it is stored by those whose dialect this is. */
const stored = (group: string, projectId: string) => `${group}-${projectId}`

function owner({ name, email = '' }: User) {
  return { name, creationTimestamp: '0001-01-01T00:00:00Z', email }
}

/** A project with its owners. */
export function project({ id, name, createdAt, pendingOwners }: Project, owners: readonly User[]) {
  return {
    id,
    name,
    creationTimestamp: timestamp(createdAt),
    status: pendingOwners ? ('Inactive' as const) : ('Active' as const),
    owners: owners.map(owner),
    clustersNumber: 0,
  }
}

/** A service account of a project. */
export function account(record: Account) {
  const { clientId, name, createdAt, owner: of } = record
  return {
    id: clientId,
    name,
    creationTimestamp: timestamp(createdAt),
    status: 'Active' as const,
    group: stored(groupOf(record), idOf(of)),
  }
}

/** What is only just made: it works already, and whoever waits for it looks again. */
export function fresh<V extends { readonly status: 'Active' | 'Inactive' }>(view: V) {
  return { ...view, status: 'Inactive' as const }
}

function tokenOf({ id, name, createdAt, value }: Token) {
  return {
    id,
    name,
    creationTimestamp: timestamp(createdAt),
    expiry: timestamp(value.expiresAt),
  }
}

/** A token without its value. */
export function publicToken({ token, state }: SeenToken) {
  return { ...tokenOf(token), ...(state === 'invalidated' && { invalidated: true }) }
}

/** A token with the value that was just made. */
export function fullToken({ token, jwt }: Issued) {
  return { ...tokenOf(token), token: jwt.reveal() }
}

/** A person of a project. */
export function member({ user, group }: Member, projectId: string) {
  const { id, name, email = '', createdAt } = user
  return {
    id,
    name,
    creationTimestamp: timestamp(createdAt),
    email,
    projects: [{ id: projectId, group: stored(group, projectId) }],
  }
}
