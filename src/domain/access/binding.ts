import { object, type Shape, text } from '../shape.ts'
import type { Place } from './places.ts'

/** A role that somebody holds on a place; at most one on each. */
export interface Binding {
  readonly on: Place
  /** One of the six, or the id of a role of the place's company. */
  readonly role: string
}

/** What is stored of a binding. */
export const bindingShape: Shape<Binding> = object<Binding>({ on: text<Place>(), role: text() })

/** The bindings with one place's role put, or taken away where it is empty. */
export function withBinding(bindings: readonly Binding[], { on, role }: Binding): Binding[] {
  const others = bindings.filter((binding) => binding.on !== on)
  return role === '' ? others : [...others, { on, role }]
}

/** The role on a place; empty where there is none. */
export function roleOn(bindings: readonly Binding[], on: Place): string {
  return bindings.find((binding) => binding.on === on)?.role ?? ''
}
