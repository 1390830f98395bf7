import { assertMayChange } from '../access/may-grant.ts'
import type { KnownAccount } from '../accounts/account.ts'
import { insert } from '../change.ts'
import { actorRef, type Context } from '../context.ts'
import { newTokenId } from '../ids.ts'
import { assertSeen } from '../names.ts'
import { Problem } from '../problem.ts'
import { inRoom, type Room } from '../room.ts'
import type { Secret } from '../secret.ts'
import { assertAudiences } from './audiences.ts'
import { coin } from './coin.ts'
import { warnedFromStart } from './ends-soon.ts'
import { type HolderTarget, holderFor } from './target.ts'
import { endOf } from './terms.ts'
import type { Token } from './token.ts'

/** What a new token is made of. */
export interface NewToken {
  readonly name: string
  /** Milliseconds. */
  readonly expiresAt?: number
  /** What it is for besides this server. */
  readonly audiences?: readonly string[]
}

/** A token with a value that was just made. */
export interface Issued {
  readonly token: Token
  /** Shown this once. */
  readonly jwt: Secret
}

/** So many tokens an account has at most: its lists come whole. */
const mostTokens = 1000

function roomFor({ known }: Context, { clientId }: KnownAccount): Room {
  return {
    of: `tokens of ${clientId}`,
    most: mostTokens,
    count: () => known.tokensOf(clientId).length,
    full: () => new Problem('token.limit', { most: mostTokens }),
  }
}

/**
 * Makes a token of an account. Fails with `name.taken`, `token.limit`, `account.not_found`, or
 * `grant.exceeds_own` when the account may do more than the actor.
 */
export async function createToken(
  ctx: Context,
  target: HolderTarget,
  terms: NewToken,
): Promise<Issued> {
  assertSeen(terms.name)
  const { account, rights } = await holderFor(ctx, target, 'create')
  assertMayChange(ctx.known, rights, account)
  assertAudiences(account, terms.audiences ?? [])
  return await inRoom(roomFor(ctx, account), () => issue(ctx, account, terms))
}

async function issue(
  ctx: Context,
  account: KnownAccount,
  { name, expiresAt, audiences = [] }: NewToken,
): Promise<Issued> {
  const now = ctx.now()
  const { clientId, owner } = account
  const id = newTokenId(now)
  const coining = { id, account: clientId, owner, audiences, expiresAt: endOf(ctx, expiresAt) }
  const { value, jwt } = await coin(ctx, coining)
  const record: Token = {
    id,
    version: 1,
    live: true,
    account: clientId,
    owner,
    name,
    audiences,
    value,
    ...warnedFromStart(value.expiresAt - now),
    createdAt: now,
    createdBy: actorRef(ctx.actor).id,
    updatedAt: now,
  }
  await insert(ctx, 'token', { action: 'token.create', record })
  return { token: record, jwt }
}
