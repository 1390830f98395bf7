import type { Middleware } from 'koa'
import { shownMakers } from '../../domain/access/makers.ts'
import type { Context } from '../../domain/context.ts'

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

/** A row or a list of rows, in which root accounts have no name for those who may not know them. */
function withoutRoot(context: Context, body: unknown): unknown {
  const rows: readonly unknown[] = Array.isArray(body) ? body : [body]
  const makers = new Set(rows.filter(isMade).map(({ createdBy }) => createdBy))
  if (makers.size === 0) return body
  const shown = shownMakers(context, [...makers])
  const said = rows.map((row) =>
    isMade(row) ? { ...row, createdBy: shown.get(row.createdBy) ?? row.createdBy } : row,
  )
  return Array.isArray(body) ? said : said[0]
}

/** Whatever a company reads tells of nobody at the root: not of who made it either. */
export function hideRootMakers(
  contextFor: (ctx: Parameters<Middleware>[0]) => Context,
): Middleware {
  return async function hideMakers(ctx, next) {
    await next()
    if (typeof ctx.body !== 'object' || ctx.body === null) return
    ctx.body = withoutRoot(contextFor(ctx), ctx.body)
  }
}
