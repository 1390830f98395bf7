import { permit } from '../access/permit.ts'
import { findFor } from '../change.ts'
import type { Context } from '../context.ts'
import { type ListAsked, type ListPage, pageOf, slicesOf } from '../lists/page.ts'
import type { Issuer, TrustedIssuer } from './issuer.ts'
import { mostIssuers } from './limits.ts'
import { issuerAt } from './target.ts'

/** What lists know of an issuer: those of the settings come before whatever was made, as they stand there. */
function rowOf({ people }: Context) {
  return (issuer: TrustedIssuer | Issuer) => {
    const createdAt = 'createdAt' in issuer ? issuer.createdAt : people.configured.indexOf(issuer)
    return { id: issuer.id, name: issuer.name, createdAt }
  }
}

/** All whose tokens may be taken: those of the settings, and the records. */
export async function listIssuers(
  ctx: Context,
  asked: ListAsked,
): Promise<ListPage<TrustedIssuer | Issuer>> {
  await permit(ctx, 'issuer.list', 'root')
  // Those who made one at the same moment may have passed the bound together.
  const kept = await ctx.store.list('issuer', { scope: 'root', limit: 2 * mostIssuers })
  const some = slicesOf(ctx, [...ctx.people.configured, ...kept])
  return await pageOf(ctx, { of: ['issuers'], some, row: rowOf(ctx) }, asked)
}

/** Reads one issuer, of the settings or of the records. Fails with `issuer.not_found`. */
export async function readIssuer(ctx: Context, id: string): Promise<TrustedIssuer | Issuer> {
  await permit(ctx, 'issuer.read', 'root')
  const settled = ctx.people.configured.find((each) => each.id === id)
  return settled ?? (await findFor(ctx, issuerAt({ id }), 'issuer.read')).record
}
