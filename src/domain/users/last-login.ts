import { usesById } from '../accounts/uses.ts'
import type { Context } from '../context.ts'
import type { User } from './user.ts'

/** A person, and when they last signed in (ms), if they ever did. */
export interface SeenUser {
  readonly user: User
  readonly lastLogin: number | undefined
}

/** Some people with their last sign-ins. */
export async function withLastLogins(
  ctx: Pick<Context, 'store' | 'known'>,
  users: readonly User[],
): Promise<readonly SeenUser[]> {
  const uses = await usesById(
    ctx,
    users.map(({ id }) => [id]),
  )
  return users.map((user) => ({ user, lastLogin: uses.get(user.id)?.at }))
}
