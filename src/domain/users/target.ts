import type { Demand, Target } from '../change.ts'

/** Which person a use case is about, as its caller names them. */
export interface UserTarget {
  readonly userId: string
  readonly demand?: Demand
}

/** Where a person is looked for, whatever company they are of. */
export function userAt({ userId, demand }: UserTarget): Target<'user'> {
  return {
    kind: 'user',
    find: (ctx) => ctx.store.get('user', userId),
    on: 'root',
    absent: 'user.not_found',
    demand,
  }
}
