import type { ParameterizedContext } from 'koa'
import type { AccountTarget } from '../../domain/accounts/change.ts'
import type { Actor, Context } from '../../domain/context.ts'
import { changeTarget } from './inputs.ts'
import type { Paging } from './queries.ts'

/** What a route of this dialect finds in its request. */
export interface MiaState {
  actor: Actor
  /** The world for a use case, with this request's caller in it. */
  context: Context
}

export type MiaContext = ParameterizedContext<MiaState> & {
  params: Readonly<Record<string, string>>
}

export function target(ctx: MiaContext): AccountTarget {
  return changeTarget(ctx.params['clientId'] ?? '', ctx.get('If-Match'))
}

/** Page numbers as the console's clients read them: a total, and links to the neighbours (RFC 8288). */
export function setPaging(
  ctx: ParameterizedContext,
  { page, perPage }: Paging,
  total: number,
): void {
  const last = Math.max(1, Math.ceil(total / perPage))
  const link = (to: number, rel: string) => {
    const query = new URLSearchParams(ctx.querystring)
    query.set('page', String(to))
    query.set('per_page', String(perPage))
    return `<${ctx.path}?${query}>; rel="${rel}"`
  }
  const links = [
    link(1, 'first'),
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next')] : []),
    link(last, 'last'),
  ]
  ctx.set('Link', links.join(', '))
  ctx.set('X-Total-Count', String(total))
}
