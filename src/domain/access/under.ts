import type { Known } from '../known.ts'
import type { Ceiling, NamedCeiling } from './ceiling.ts'
import { decide, type Holding, type Rights } from './decide.ts'
import { ladder } from './ladder.ts'
import { type Permission, permissionNames } from './permissions.ts'
import type { Path, Place } from './places.ts'
import { companyOf, pathOf } from './tree.ts'

/** What is held of some permissions on the last place of a path, wherever it comes from, as if held there. */
function heldOn(rights: Rights, names: readonly Permission[], path: Path | undefined): Holding[] {
  const on = path?.at(-1)
  if (!path || on === undefined) return []
  const kept = names.filter((name) => decide(rights, ladder(name), path).allowed)
  return [{ on, by: { kind: 'permission' }, permissions: new Set(kept) }]
}

/** Rights that are held in other places. Who does anything in every company has to do with the one that is left. */
function heldBy(rights: Rights, held: Rights['held'], path: Path | undefined): Rights {
  const company = path && companyOf(path)
  if (company === undefined) return { ...rights, held }
  return { ...rights, held, companies: () => new Set([...rights.companies(), company]) }
}

/** A token that names what it is for is good for that, as far as it is held, and for nothing else. */
function only(known: Known, rights: Rights, { on, permissions: named }: NamedCeiling): Rights {
  const path = pathOf(known, on)
  const holdings = heldOn(rights, named, path).filter(({ permissions }) => permissions.size > 0)
  return heldBy(rights, new Map([[on, holdings]]), holdings.length > 0 ? path : undefined)
}

/** A token that names a place is good for what is held there and below it. */
function within(known: Known, rights: Rights, on: Place | undefined): Rights {
  const path = on && pathOf(known, on)
  const there = heldOn(rights, permissionNames, path)
  const get = (place: Place) => {
    if (place === on) return there
    const isBelow = on !== undefined && pathOf(known, place)?.includes(on)
    return isBelow ? rights.held.get(place) : undefined
  }
  return heldBy(rights, { get }, path)
}

/** Rights that go no further than a ceiling. */
export function under(known: Known, rights: Rights, ceiling: Ceiling | undefined): Rights {
  switch (ceiling?.bounds) {
    case undefined:
      return rights
    case 'everything':
      return only(known, rights, ceiling)
    case 'place':
      return within(known, rights, ceiling.on)
    case 'root': {
      const atRoot = (rights.held.get('root') ?? []).map((holding) => {
        const kept = ceiling.permissions.filter((name) => holding.permissions.has(name))
        return { ...holding, permissions: new Set(kept) }
      })
      return { ...rights, held: { get: (on) => (on === 'root' ? atRoot : rights.held.get(on)) } }
    }
  }
}
