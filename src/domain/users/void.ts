import type { Context } from '../context.ts'
import { tombstone } from '../tree-records.ts'
import type { User } from './user.ts'

/** An invitation of which nothing is left is withdrawn; a person stays. */
export function withoutVoid(ctx: Context, user: User): User {
  const { id, identity, bindings, permissions } = user
  const isVoid =
    !identity &&
    bindings.length + permissions.length === 0 &&
    ctx.known.groupsOf({ kind: 'person', id }).length === 0
  return isVoid ? tombstone(ctx, user) : user
}
