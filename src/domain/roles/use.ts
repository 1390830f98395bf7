import type { Binding } from '../access/binding.ts'
import { companyPlace } from '../access/places.ts'
import { pathOf } from '../access/tree.ts'
import type { Context } from '../context.ts'
import type { Known } from '../known.ts'
import { Problem } from '../problem.ts'
import type { CustomRole } from './custom-role.ts'

interface Holder {
  readonly bindings: readonly Binding[]
}

/** Whether somebody holds a role; on a place that is gone nothing is held. */
function holdsRole(known: Known, { id }: CustomRole) {
  return ({ bindings }: Holder) =>
    bindings.some(({ on, role }) => role === id && pathOf(known, on) !== undefined)
}

/** The id of a person or a group who holds a role. */
function nearHolder(known: Known, role: CustomRole): string | undefined {
  const holds = holdsRole(known, role)
  const group = known.groups.in(companyPlace(role.company)).find(holds)
  return group?.id ?? [...known.users.all()].find(holds)?.id
}

async function holderOf(known: Known, role: CustomRole): Promise<string | undefined> {
  const near = nearHolder(known, role)
  if (near !== undefined) return near
  const holds = holdsRole(known, role)
  for await (const some of known.accountsOf(companyPlace(role.company))) {
    const account = some.find(holds)
    if (account) return account.clientId
  }
  return undefined
}

/** Fails with `role.in_use` when an account, a person or a group holds a role. */
export async function assertUnused({ known }: Context, role: CustomRole): Promise<void> {
  const holder = await holderOf(known, role)
  if (holder !== undefined) throw new Problem('role.in_use', { holder })
}
