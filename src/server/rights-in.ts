import type { Directory } from '../directory/directory.ts'
import type { Binding } from '../domain/access/binding.ts'
import { decide } from '../domain/access/decide.ts'
import { ladder } from '../domain/access/ladder.ts'
import { Memo } from '../domain/access/memo.ts'
import { mayLearnOf } from '../domain/access/permit.ts'
import { accountSubject, rightsOf, standingRoles } from '../domain/access/rights.ts'
import { pathOf } from '../domain/access/tree.ts'
import type { KnownAccount } from '../domain/accounts/account.ts'
import type { Lookups } from '../oauth/options.ts'

/** The roles of accounts that hold anything: worked out once, since each token asks for them. */
const liveBindings = new Memo<KnownAccount, readonly Binding[]>((known, account) =>
  standingRoles(known, accountSubject(account)),
)

/** What accounts hold, by what is known here. */
export function rightsIn(
  directory: Directory,
): Pick<Lookups, 'holds' | 'isPlaceOf' | 'roles' | 'mayLearnOf'> {
  return {
    mayLearnOf: (caller, holder) => mayLearnOf(directory, caller, holder),
    holds: (account, permission, on) => {
      const path = pathOf(directory, on)
      const rights = rightsOf(directory, accountSubject(account))
      return path !== undefined && decide(rights, ladder(permission), path).allowed
    },
    isPlaceOf: ({ owner }, on) => {
      const path = pathOf(directory, on)
      return path !== undefined && (owner === 'root' || path.includes(owner))
    },
    roles: (account) => liveBindings.of(directory, account),
  }
}
