import { companyPlace } from '../access/places.ts'
import type { Demand, Target } from '../change.ts'

/** Which group of which company a use case is about, as its caller names it. */
export interface GroupTarget {
  readonly companyId: string
  readonly groupId: string
  readonly demand?: Demand
}

/** Where a group is looked for: one of another company is not there. */
export function groupAt({ companyId, groupId, demand }: GroupTarget): Target<'group'> {
  return {
    kind: 'group',
    find: async (ctx) => {
      const group = await ctx.store.get('group', groupId)
      return group?.company === companyId ? group : undefined
    },
    on: companyPlace(companyId),
    absent: 'group.not_found',
    demand,
  }
}
