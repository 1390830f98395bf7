import type { Binding } from '../access/binding.ts'
import type { Place } from '../access/places.ts'
import type { User } from './user.ts'

type Person = Pick<User, 'live' | 'name' | 'email' | 'bindings'>

const keyOf = ({ on, role }: Binding) => `${on}\0${role}`

/**
 * The places that a change of a person matters to: where a role changed, and all of them when the
 * person came, went or is called otherwise. What changes in one company is nothing to another.
 */
export function concernedPlaces(after: Person, before?: Person): readonly Place[] {
  const all = [...(before?.bindings ?? []), ...after.bindings]
  const isOther = before?.name !== after.name || before.email !== after.email || !after.live
  const roles = Map.groupBy(all, keyOf)
  const concerned = isOther ? all : [...roles.values()].filter((some) => some.length === 1).flat()
  return [...new Set(concerned.map(({ on }) => on))]
}
