import type { Middleware } from 'koa'
import { shownMakers } from '../../domain/access/makers.ts'
import type { Context } from '../../domain/context.ts'
import { Rows } from '../../http/rows.ts'

interface Made {
  readonly createdBy: string
}

function isMade(row: unknown): row is Made {
  return (
    typeof row === 'object' &&
    row !== null &&
    'createdBy' in row &&
    typeof row.createdBy === 'string'
  )
}

/** Says of who made a row what the caller may know; each of them is asked for once. */
function makerShown(context: Context): (row: unknown) => unknown {
  const shown = new Map<string, string>()
  const say = (id: string) => {
    const said = shown.get(id) ?? shownMakers(context, [id]).get(id) ?? id
    shown.set(id, said)
    return said
  }
  return (row) => {
    if (!isMade(row)) return row
    const createdBy = say(row.createdBy)
    return createdBy === row.createdBy ? row : { ...row, createdBy }
  }
}

/** Whatever a company reads tells of nobody at the root: not of who made it either. */
export function hideRootMakers(
  contextFor: (ctx: Parameters<Middleware>[0]) => Context,
): Middleware {
  return async function hideMakers(ctx, next) {
    await next()
    const { body }: { readonly body?: unknown } = ctx
    if (typeof body !== 'object' || body === null) return
    const show = makerShown(contextFor(ctx))
    if (body instanceof Rows) ctx.body = body.map(show)
    else ctx.body = Array.isArray(body) ? body.map(show) : show(body)
  }
}
