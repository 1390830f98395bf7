import type { Known } from '../known.ts'
import type { Ceiling } from './ceiling.ts'
import { decide, type Holding, type Rights } from './decide.ts'
import { ladder } from './ladder.ts'
import { companyOf, pathOf } from './tree.ts'

/** A token that names what it is for is good for that, as far as it is held, and for nothing else. */
function only(known: Known, rights: Rights, { on, permissions }: Ceiling): Rights {
  const path = pathOf(known, on)
  const kept = permissions.filter((name) => path && decide(rights, ladder(name), path).allowed)
  const holding: Holding = { on, by: { kind: 'permission' }, permissions: new Set(kept) }
  const held = new Map([[on, [holding]]])
  // Who does anything in every company has to do with the one where the token lets them.
  const company = path && kept.length > 0 ? companyOf(path) : undefined
  if (company === undefined) return { ...rights, held }
  return { ...rights, held, companies: () => new Set([...rights.companies(), company]) }
}

/** Rights that go no further than a ceiling. */
export function under(known: Known, rights: Rights, ceiling: Ceiling | undefined): Rights {
  if (ceiling?.bounds === 'everything') return only(known, rights, ceiling)
  if (!ceiling) return rights
  const atRoot = (rights.held.get('root') ?? []).map((holding) => {
    const kept = ceiling.permissions.filter((name) => holding.permissions.has(name))
    return { ...holding, permissions: new Set(kept) }
  })
  return { ...rights, held: { get: (on) => (on === 'root' ? atRoot : rights.held.get(on)) } }
}
