import type { Rights } from '../access/decide.ts'
import { isPermitted } from '../access/may-see.ts'
import { permit } from '../access/permit.ts'
import type { Place } from '../access/places.ts'
import type { KnownAccount } from '../accounts/account.ts'
import { standingOf } from '../accounts/standing.ts'
import { lastUseIn, usesOf } from '../accounts/uses.ts'
import type { Context } from '../context.ts'
import { timeOf } from '../ids.ts'
import type { Use } from '../store.ts'
import { refusedLogins } from './refused.ts'
import { Gathered, none, type Section } from './rows.ts'

const dayMs = 86_400_000
/** A credential that ends within so many days is shown before it does. */
const expiringDays = 30
/** An account that nobody used for so many days may be of no use. */
const unusedDays = 90

/** What of the accounts of an owner somebody should look at. */
export interface Attention {
  readonly expiring: Section
  readonly unused: Section
  readonly rotating: Section
  readonly drafts: Section
  readonly refusedLogins: Section
}

/** All that is looked at of one account. */
interface Looked {
  readonly account: KnownAccount
  readonly uses: ReadonlyMap<string, Use>
  readonly now: number
  /** Whether addresses of uses are told. */
  readonly isInspected: boolean
}

type Look = (into: Gathered, looked: Looked) => void

/** Until when it is good. */
const expiring: Look = (into, { account, now }) => {
  const { clientId, name, credentials } = account
  const { nextExpiresAt: at } = standingOf(credentials, now)
  if (at !== undefined && at < now + expiringDays * dayMs) into.add({ clientId, name, at })
}

/** When it was last used, or else made. */
const unused: Look = (into, { account, uses, now }) => {
  const { clientId, name, id } = account
  const at = lastUseIn(uses, account)?.at ?? timeOf(id)
  if (at < now - unusedDays * dayMs) into.add({ clientId, name, at })
}

/** When the old secret was last used, after another had taken its place. */
const rotating: Look = (into, { account, uses, now, isInspected }) => {
  const { clientId, name, credentials } = account
  const still = credentials.flatMap(({ id, supersededAt, expiresAt }) => {
    const use = uses.get(id)
    const isUsed = supersededAt !== undefined && use !== undefined && use.at > supersededAt
    const isGood = expiresAt === undefined || now < expiresAt
    return isUsed && isGood
      ? [
          {
            credentialId: id,
            at: use.at,
            ...(isInspected && use.from !== undefined && { lastUsedFrom: use.from }),
          },
        ]
      : []
  })
  const [last] = still.toSorted((one, other) => other.at - one.at)
  if (last) into.add({ clientId, name, ...last })
}

/** When it was made. */
const drafts: Look = (into, { account: { clientId, name, id } }) => {
  into.add({ clientId, name, at: timeOf(id) })
}

function look(
  account: KnownAccount,
): readonly (readonly [Exclude<keyof Attention, 'refusedLogins'>, Look])[] {
  if (account.state === 'draft') return [['drafts', drafts]]
  if (account.state !== 'enabled') return []
  return [
    ['expiring', expiring],
    ['unused', unused],
    ['rotating', rotating],
  ]
}

/** Refused logins are entries of the audit log: nobody else is told of them. */
function readsLog(ctx: Context, rights: Rights, owner: Place): boolean {
  const action = owner === 'root' ? 'audit.list' : 'audit.list_of_company'
  return isPermitted(ctx, rights, { action, on: owner })
}

/** Tells what of the accounts of root or of a company somebody should look at. */
export async function readAttention(ctx: Context, owner: Place): Promise<Attention> {
  const rights = await permit(ctx, 'attention.read', owner)
  const isInspected = isPermitted(ctx, rights, { action: 'credential.inspect', on: owner })
  const now = ctx.now()
  const sections = {
    expiring: new Gathered('earliest'),
    unused: new Gathered('earliest'),
    rotating: new Gathered('latest'),
    drafts: new Gathered('earliest'),
  }
  for await (const some of ctx.known.accountsOf(owner)) {
    const uses = await usesOf(
      ctx,
      some.filter(({ state }) => state === 'enabled'),
    )
    for (const account of some) {
      for (const [name, see] of look(account))
        see(sections[name], { account, uses, now, isInspected })
    }
  }
  return {
    expiring: sections.expiring.section,
    unused: sections.unused.section,
    rotating: sections.rotating.section,
    drafts: sections.drafts.section,
    refusedLogins: readsLog(ctx, rights, owner) ? await refusedLogins(ctx, owner) : none,
  }
}
