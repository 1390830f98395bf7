import type { Tree } from '../access/tree.ts'
import type { AuditAction } from '../audit/actions.ts'
import { insert } from '../change.ts'
import type { Context } from '../context.ts'
import type { Known } from '../known.ts'
import type { Records } from '../records.ts'
import type { ImportedKind } from './parts.ts'

/** How a record is written: with what the log says of it. */
export type Write = <K extends ImportedKind>(
  kind: K,
  entry: { readonly action: AuditAction; readonly record: Records[K] },
) => Promise<void>

/** What an import stands on: what there is, and how something is added to it. */
export interface Ground {
  readonly ctx: Context
  readonly known: Tree & { readonly roles: Pick<Known['roles'], 'get' | 'in'> }
  /** Fails with `name.taken` or `record.conflict`. */
  readonly write: Write
}

/** The ground of an import that writes: each record with its event, one by one. */
export function storeGround(ctx: Context): Ground {
  return { ctx, known: ctx.known, write: (kind, entry) => insert(ctx, kind, entry) }
}
