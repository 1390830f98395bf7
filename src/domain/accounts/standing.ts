import type { Binding } from '../access/binding.ts'
import { boundThere } from '../access/bound.ts'
import type { Context } from '../context.ts'
import { type Credential, isUsable } from '../credentials/credential.ts'
import { slicesOf } from '../lists/page.ts'
import type { Use } from '../store.ts'
import type { Account } from './account.ts'
import { isSameUse, lastUseIn, usesOf } from './uses.ts'

type Dated = Pick<Credential, 'expiresAt' | 'supersededAt'>

/** How the credentials of an account stand. */
export interface Standing {
  readonly liveCredentials: number
  /** Milliseconds: when the next of them ends that no rotation has put out of use; absent: none does. */
  readonly nextExpiresAt?: number
  /** Whether a secret is still good that a rotation put another in the place of. */
  readonly rotating: boolean
}

function earliest(ends: readonly Dated[]): { readonly nextExpiresAt?: number } {
  const times = ends.flatMap(({ expiresAt = [] }) => expiresAt)
  return times.length === 0 ? {} : { nextExpiresAt: Math.min(...times) }
}

/** How credentials stand at this moment (ms). One that is on its way out ends as it should. */
export function standingOf(credentials: readonly Dated[], now: number): Standing {
  const live = credentials.filter((credential) => isUsable(credential, now))
  const current = live.filter(({ supersededAt }) => supersededAt === undefined)
  const rotating = current.length < live.length
  return { liveCredentials: live.length, ...earliest(current), rotating }
}

/** An account with what a page shows beside it. */
export interface SeenAccount extends Standing {
  readonly account: Account
  /** Its roles, without those whose place or role is gone. */
  readonly roles: readonly Binding[]
  /** Absent when it never logged in with what it still has. */
  readonly lastUse?: Use
}

/** How accounts were last seen: whoever shows one again knows it by this. */
const lastSeen = new WeakMap<Account, SeenAccount>()

/** Whether nothing changed since. */
function isAsSeen(
  seen: SeenAccount,
  { roles, liveCredentials, nextExpiresAt, rotating }: Omit<SeenAccount, 'account'>,
) {
  return (
    seen.roles.length === roles.length &&
    seen.roles.every((binding, at) => binding === roles[at]) &&
    seen.liveCredentials === liveCredentials &&
    seen.nextExpiresAt === nextExpiresAt &&
    seen.rotating === rotating
  )
}

function seenIn(ctx: Context, uses: ReadonlyMap<string, Use>, account: Account): SeenAccount {
  const lastUse = lastUseIn(uses, account)
  const roles = boundThere(ctx.known, account.bindings)
  const standing = { roles, ...standingOf(account.credentials, ctx.now()) }
  const former = lastSeen.get(account)
  if (former && isAsSeen(former, standing) && isSameUse(former.lastUse, lastUse)) return former
  const seen = { account, ...standing, ...(lastUse && { lastUse }) }
  lastSeen.set(account, seen)
  return seen
}

/** Some accounts with what a page shows beside them. */
export async function withStanding(
  ctx: Context,
  accounts: readonly Account[],
): Promise<readonly SeenAccount[]> {
  const uses = await usesOf(ctx, accounts)
  const seen: SeenAccount[] = []
  for await (const some of slicesOf(ctx, accounts)) {
    seen.push(...some.map((account) => seenIn(ctx, uses, account)))
  }
  return seen
}

/** The same of one account. */
export async function seenOne(ctx: Context, account: Account): Promise<SeenAccount> {
  const uses = await usesOf(ctx, [account])
  return seenIn(ctx, uses, account)
}
