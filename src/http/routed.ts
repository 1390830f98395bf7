import type { ParameterizedContext } from 'koa'
import { Problem } from '../domain/problem.ts'
import { pathAsked } from './aliases.ts'

/** What no route took: a path that exists has other methods (RFC 9110 §15.5.6), any other is none. */
export function assertRouted(ctx: ParameterizedContext): void {
  const methods = ctx.response.get('Allow')
  // The router answers a method that no route has with 501, whatever the path.
  const isElsewhere = ctx.status === 501 && methods === ''
  if (!isElsewhere && (ctx.status === 405 || ctx.status === 501)) {
    throw new Problem('method.not_allowed', { expected: methods, got: ctx.method })
  }
  if (isElsewhere || ctx.status === 404) {
    ctx.remove('Allow')
    const place = `${ctx.method} ${pathAsked(ctx.req, ctx.path)}`
    throw new Problem('route.not_found', { place })
  }
}
