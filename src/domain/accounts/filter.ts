import { roleOn } from '../access/binding.ts'
import type { Place } from '../access/places.ts'
import type { Context } from '../context.ts'
import type { AuthMethod, KnownAccount } from './account.ts'
import type { Narrowing } from './lists.ts'
import { standingOf } from './standing.ts'
import type { AccountState } from './states.ts'
import { lastUseIn, usesOf } from './uses.ts'

/** Which accounts of a list are wanted: those that are all of this. Times are milliseconds. */
export interface AccountFilter {
  readonly states?: readonly AccountState[]
  readonly method?: AuthMethod
  /** The role on the company itself. */
  readonly role?: string
  /** Whether a secret is still good that a rotation put another in the place of. */
  readonly rotating?: boolean
  readonly expiresBefore?: number
  /** Never used counts. */
  readonly unusedSince?: number
}

/** Before any moment that there is. */
const never = Number.NEGATIVE_INFINITY

/** The next end of what is good; where nothing is any more, the last one that there was. */
function endOf({ credentials }: KnownAccount, now: number): number {
  const { liveCredentials, nextExpiresAt = Number.POSITIVE_INFINITY } = standingOf(credentials, now)
  if (liveCredentials > 0 || credentials.length === 0) return nextExpiresAt
  return Math.max(...credentials.flatMap(({ expiresAt = [] }) => expiresAt))
}

interface Asked {
  readonly owner: Place
  readonly now: number
}

type Check = (account: KnownAccount, asked: Asked) => boolean

/** What is asked of each account, where anything is. */
function check<V>(
  wanted: V | undefined,
  test: (account: KnownAccount, wanted: V, asked: Asked) => boolean,
): readonly Check[] {
  return wanted === undefined ? [] : [(account, asked) => test(account, wanted, asked)]
}

/** All that a filter asks for but last uses, which are in the store. */
function checksOf(filter: AccountFilter): readonly Check[] {
  return [
    ...check(filter.states, ({ state }, wanted) => wanted.includes(state)),
    ...check(filter.method, ({ authMethod }, wanted) => authMethod === wanted),
    ...check(filter.role, ({ bindings }, wanted, { owner }) => roleOn(bindings, owner) === wanted),
    ...check(filter.rotating, ({ credentials }, wanted, { now }) => {
      return standingOf(credentials, now).rotating === wanted
    }),
    ...check(filter.expiresBefore, (account, wanted, { now }) => endOf(account, now) < wanted),
  ]
}

/** Narrows a list of accounts of one owner by a filter; undefined when that asks for nothing. */
export function narrowedBy(
  ctx: Context,
  owner: Place,
  filter: AccountFilter,
): Narrowing | undefined {
  const { unusedSince } = filter
  const asked = { owner, now: ctx.now() }
  const checks = checksOf(filter)
  if (checks.length === 0 && unusedSince === undefined) return undefined
  return async (some) => {
    const found = some.filter((account) => checks.every((check) => check(account, asked)))
    if (unusedSince === undefined || found.length === 0) return found
    const uses = await usesOf(ctx, found)
    return found.filter((account) => (lastUseIn(uses, account)?.at ?? never) < unusedSince)
  }
}
