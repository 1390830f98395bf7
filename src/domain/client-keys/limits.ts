import type { Context } from '../context.ts'
import { foldName } from '../names.ts'
import { Problem } from '../problem.ts'
import type { Room } from '../room.ts'

/** An application is a console or a command line, not a caller: there are few of them. */
export const mostClientKeys = 100

/**
 * Fails with `name.taken`. Keys of the first release stand in no index of names, so the list is
 * looked through; the index decides between those who choose a name at the same moment.
 */
export async function assertNameFree(
  { store }: Context,
  name: string,
  exceptId?: string,
): Promise<void> {
  const keys = await store.list('client_key', { scope: 'root', limit: 2 * mostClientKeys })
  const folded = foldName(name)
  if (keys.some((key) => key.id !== exceptId && foldName(key.name) === folded)) {
    throw new Problem('name.taken', { key: 'name' })
  }
}

/** How many there may be, or `client_key.limit`. */
export function roomForKey({ store }: Context): Room {
  return {
    of: 'client keys',
    most: mostClientKeys,
    count: () => store.count('client_key', 'root'),
    full: () => new Problem('client_key.limit', { most: mostClientKeys }),
  }
}
