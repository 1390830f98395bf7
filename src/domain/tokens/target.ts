import type { Action } from '../access/actions.ts'
import type { Rights } from '../access/decide.ts'
import { permit } from '../access/permit.ts'
import { levelOf, type Place } from '../access/places.ts'
import { rightsAtHand } from '../access/rights.ts'
import type { KnownAccount } from '../accounts/account.ts'
import type { Demand, Target } from '../change.ts'
import type { Context } from '../context.ts'
import { isProblem, Problem } from '../problem.ts'

/** Whose tokens a use case is about, as its caller names them. */
export interface HolderTarget {
  readonly clientId: string
  /** Whom the account must belong to; absent: anybody. */
  readonly owner?: Place
}

/** Which token a use case is about, as its caller names it. */
export interface TokenTarget extends HolderTarget {
  readonly id: string
  readonly demand?: Demand
}

const reading = { action: 'project_token.read' } as const
const managing = { action: 'project_token.manage' } as const

/** What leave is asked for: of the accounts of a project, and of all others. */
const leaves = {
  create: [managing, { action: 'token.create' }],
  list: [reading, { action: 'token.list' }],
  read: [reading, { action: 'token.read' }],
  inspect: [reading, { action: 'credential.inspect' }],
  update: [managing, { action: 'token.update' }],
  regenerate: [managing, { action: 'token.regenerate' }],
  delete: [managing, { action: 'token.delete' }],
} as const satisfies Record<string, readonly { readonly action: Action }[]>

/** What can be done to tokens. */
type OnTokens = keyof typeof leaves

const isOnTokens = (name: string): name is OnTokens => Object.hasOwn(leaves, name)
const whats = Object.keys(leaves).filter(isOnTokens)

/** What leave is asked for to do this to a token of somebody's account. */
export function leaveFor(what: OnTokens, owner: Place): Action {
  const [ofProject, ofOthers] = leaves[what]
  return (levelOf(owner) === 'project' ? ofProject : ofOthers).action
}

/** Whether somebody has anything to do with the whole installation. */
function isOfRoot(ctx: Context): boolean {
  const held = rightsAtHand(ctx)?.held.get('root') ?? []
  return held.some(({ permissions }) => permissions.size > 0)
}

/** To a stranger, an account that is not there and one of others are the same. */
function asStranger(ctx: Context, on: Place, error: unknown): unknown {
  const isHidden = isProblem(error, 'company.not_found', 'project.not_found')
  const isBelow = on === 'root' && isProblem(error, 'actor.forbidden') && !isOfRoot(ctx)
  return isHidden || isBelow ? new Problem('account.not_found', {}) : error
}

/** An account whose tokens somebody may do something to, and what they may do. */
export interface Holder {
  readonly account: KnownAccount
  readonly rights: Rights
}

/**
 * The account whose tokens these are, for an actor who may do this. Fails with `account.not_found` or
 * `actor.forbidden`.
 */
export async function holderFor(
  ctx: Context,
  { clientId, owner }: HolderTarget,
  what: OnTokens,
): Promise<Holder> {
  await ctx.known.catchUp()
  const account = ctx.known.accountByClientId(clientId)
  const isThere = account?.live === true && (owner === undefined || account.owner === owner)
  if (!isThere && owner === undefined) throw new Problem('account.not_found', {})
  const on = owner ?? account?.owner ?? 'root'
  try {
    const rights = await permit(ctx, leaveFor(what, on), on)
    if (isThere) return { account, rights }
  } catch (error) {
    throw asStranger(ctx, on, error)
  }
  throw new Problem('account.not_found', {})
}

/**
 * Asserts that the actor may do this to the tokens of an account, before a request is read any further:
 * of an account that is none of its business it learns nothing. Fails like `holderFor`.
 */
export async function assertHolder(ctx: Context, clientId: string, asked: Action): Promise<void> {
  const what = whats.find((name) => leaves[name][1].action === asked)
  if (what) await holderFor(ctx, { clientId }, what)
}

/** Where a token is looked for: below its own account alone. */
export function tokenAt({ id, demand }: TokenTarget, account: KnownAccount): Target<'token'> {
  return {
    kind: 'token',
    find: async ({ store }) => {
      const token = await store.get('token', id)
      return token?.account === account.clientId ? token : undefined
    },
    on: account.owner,
    absent: 'token.not_found',
    demand,
  }
}
