import { permit } from '../access/permit.ts'
import { findFor } from '../change.ts'
import type { Context } from '../context.ts'
import type { Issuer, TrustedIssuer } from './issuer.ts'
import { mostIssuers } from './limits.ts'
import { issuerAt } from './target.ts'

/** All whose tokens may be taken: those of the settings first, then the records, oldest first. */
export async function listIssuers(ctx: Context): Promise<readonly (TrustedIssuer | Issuer)[]> {
  await permit(ctx, 'issuer.list', 'root')
  // Those who made one at the same moment may have passed the bound together.
  const kept = await ctx.store.list('issuer', { scope: 'root', limit: 2 * mostIssuers })
  const byAge = kept.toSorted((one, other) => one.createdAt - other.createdAt)
  return [...ctx.people.configured, ...byAge]
}

/** Reads one issuer, of the settings or of the records. Fails with `issuer.not_found`. */
export async function readIssuer(ctx: Context, id: string): Promise<TrustedIssuer | Issuer> {
  await permit(ctx, 'issuer.read', 'root')
  const settled = ctx.people.configured.find((each) => each.id === id)
  return settled ?? (await findFor(ctx, issuerAt({ id }), 'issuer.read')).record
}
