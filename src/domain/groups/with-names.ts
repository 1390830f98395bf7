import type { Binding } from '../access/binding.ts'
import { boundThere } from '../access/bound.ts'
import { companyPlace } from '../access/places.ts'
import { inSight, sightAtHand } from '../access/sight.ts'
import type { SubjectRef } from '../companies/company.ts'
import type { Context } from '../context.ts'
import type { Known } from '../known.ts'
import type { Group } from './group.ts'

/** A group with those of its roles and members that are there, the members by name. */
export interface ShownGroup {
  readonly group: Group
  readonly roles: readonly Binding[]
  readonly members: readonly { readonly ref: SubjectRef; readonly name: string }[]
}

function nameOf(known: Known, { kind, id }: SubjectRef): string | undefined {
  if (kind === 'person') return known.users.get(id)?.name
  const account = known.accountByClientId(id)
  return account?.live ? account.name : undefined
}

/** Names the members of a group, and leaves out what is on its way out, or what the actor may not see. */
export function withNames(ctx: Context, group: Group): ShownGroup {
  const { known } = ctx
  const members = group.members.flatMap((ref) => {
    const name = nameOf(known, ref)
    return name === undefined ? [] : [{ ref, name }]
  })
  const roles = boundThere(known, group.bindings)
  return inSight(sightAtHand(ctx, companyPlace(group.company)), { group, roles, members })
}
