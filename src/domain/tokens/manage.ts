import { assertMayChange } from '../access/may-grant.ts'
import { isPermitted } from '../access/may-see.ts'
import type { KnownAccount } from '../accounts/account.ts'
import { change, findFor } from '../change.ts'
import type { Context } from '../context.ts'
import { type ListAsked, type ListPage, pageOf, slicesOf } from '../lists/page.ts'
import { assertSeen } from '../names.ts'
import type { Use } from '../store.ts'
import { stateOf, type TokenState } from './state.ts'
import {
  type Holder,
  type HolderTarget,
  holderFor,
  leaveFor,
  type TokenTarget,
  tokenAt,
} from './target.ts'
import { type Token, tokenTombstone } from './token.ts'

/** A token with what a list shows beside it. */
export interface SeenToken {
  readonly token: Token
  readonly state: TokenState
  /** Absent when it was never used; its address is for whoever may manage the account. */
  readonly lastUse?: Use
}

/** Tokens of an account with what a list shows beside them, as far as somebody may see it. */
async function seen(
  ctx: Context,
  { account: { owner }, rights }: Holder,
  tokens: readonly Token[],
): Promise<readonly SeenToken[]> {
  const isInspector = isPermitted(ctx, rights, { action: leaveFor('inspect', owner), on: owner })
  const uses = await ctx.store.uses(tokens.map(({ id }) => id))
  return tokens.map((token) => {
    const use = uses.get(token.id)
    const lastUse = use && (isInspector ? use : { at: use.at })
    return { token, state: stateOf(ctx, token), ...(lastUse && { lastUse }) }
  })
}

async function seenOne(ctx: Context, holder: Holder, token: Token): Promise<SeenToken> {
  const [one] = await seen(ctx, holder, [token])
  return one ?? { token, state: stateOf(ctx, token) }
}

/** The live tokens of an account. */
async function tokensOf(ctx: Context, { clientId }: KnownAccount): Promise<readonly Token[]> {
  const found = await ctx.store.getMany('token', ctx.known.tokensOf(clientId))
  return found.filter(({ live }) => live)
}

/** Which tokens of an account are asked for. */
export interface TokensAsked extends ListAsked {
  /** Absent: of every state. */
  readonly state?: TokenState
}

/** Some tokens of an account. Fails with `account.not_found`, or `request.invalid` for a foreign cursor. */
export async function listTokens(
  ctx: Context,
  target: HolderTarget,
  { state, ...asked }: TokensAsked,
): Promise<ListPage<SeenToken>> {
  const holder = await holderFor(ctx, target, 'list')
  const { account } = holder
  const tokens = await tokensOf(ctx, account)
  const wanted = tokens.filter((token) => state === undefined || stateOf(ctx, token) === state)
  const listed = {
    of: ['tokens', account.clientId],
    ...(state && { filter: { state } }),
    some: slicesOf(ctx, wanted),
    row: (token: Token) => token,
  }
  const page = await pageOf(ctx, listed, asked)
  return { ...page, items: await seen(ctx, holder, page.items) }
}

/** Reads one token. Fails with `token.not_found` or `account.not_found`. */
export async function readToken(ctx: Context, target: TokenTarget): Promise<SeenToken> {
  const holder = await holderFor(ctx, target, 'read')
  const { account } = holder
  const { record } = await findFor(ctx, tokenAt(target, account), leaveFor('read', account.owner))
  return await seenOne(ctx, holder, record)
}

/** Renames a token; its value stays. Fails with `name.taken` or `token.not_found`. */
export async function renameToken(
  ctx: Context,
  target: TokenTarget,
  name: string,
): Promise<SeenToken> {
  assertSeen(name)
  const holder = await holderFor(ctx, target, 'update')
  const { account } = holder
  const { record } = await change(ctx, tokenAt(target, account), {
    action: 'token.update',
    leave: leaveFor('update', account.owner),
    decide: (before, rights) => {
      assertMayChange(ctx.known, rights, account)
      return { after: { ...before, name, updatedAt: ctx.now() }, result: undefined }
    },
  })
  return await seenOne(ctx, holder, record)
}

/** Deletes a token for good: it ends with this write. Fails with `token.not_found`. */
export async function deleteToken(ctx: Context, target: TokenTarget): Promise<void> {
  const { account } = await holderFor(ctx, target, 'delete')
  await change(ctx, tokenAt(target, account), {
    action: 'token.delete',
    leave: leaveFor('delete', account.owner),
    decide: (before, rights) => {
      assertMayChange(ctx.known, rights, account)
      return { after: tokenTombstone(before), result: undefined }
    },
  })
}
