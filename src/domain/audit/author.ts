import type { Place } from '../access/places.ts'
import { homesOf } from '../access/rights.ts'
import { actorRef, type Context, isSomebody } from '../context.ts'
import type { ActorRef } from './event.ts'

/**
 * How the log names who does something, with those of the places that the entry belongs to that they
 * belong to themselves: to all other places they will be nobody whom one could name.
 */
export function authorOf({ known, actor }: Context, scope: readonly Place[]): ActorRef {
  const ref = actorRef(actor)
  if (!isSomebody(actor)) return ref
  const homes = homesOf(known, actor)
  const of = scope.filter((place) => homes.has(place))
  return { ...ref, ...(of.length > 0 && { of }) }
}
