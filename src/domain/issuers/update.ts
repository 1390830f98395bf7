import { permit } from '../access/permit.ts'
import { change } from '../change.ts'
import type { Context } from '../context.ts'
import { assertSeen } from '../names.ts'
import type { Issuer } from './issuer.ts'
import {
  assertCompaniesThere,
  assertGoodIssuer,
  assertNameUnsettled,
  assertNotSettled,
} from './limits.ts'
import { type IssuerTarget, issuerAt } from './target.ts'

/** What must not change: together they say who somebody is. */
type Identity = 'issuer' | 'personClaim'

type Changeable = Omit<Issuer, Identity | 'id' | 'version' | 'live' | 'purgeAfter' | 'unseen'>
type Taken = 'groupsClaim' | 'clientId'

/** What shall be different of an issuer; what is absent stays, and `null` takes away. */
export type IssuerPatch = Partial<
  Omit<Changeable, Taken | 'createdAt' | 'createdBy' | 'updatedAt'>
> & { readonly [M in Taken]?: string | null }

/** A member as it shall be: what was given, nothing for `null`, else what was there. */
function taken<M extends Taken>(member: M, before: Issuer, patch: IssuerPatch) {
  const value = patch[member] === undefined ? before[member] : patch[member]
  return value === null || value === undefined ? {} : { [member]: value }
}

function patched(before: Issuer, patch: IssuerPatch, now: number): Issuer {
  const { groupsClaim: _groups, clientId: _client, ...kept } = before
  const { groupsClaim: _newGroups, clientId: _newClient, ...rest } = patch
  return {
    ...kept,
    ...rest,
    ...taken('groupsClaim', before, patch),
    ...taken('clientId', before, patch),
    updatedAt: now,
  }
}

/** Changes how the tokens of an issuer are read, or whether they are taken at all. */
export async function updateIssuer(
  ctx: Context,
  target: IssuerTarget,
  patch: IssuerPatch,
): Promise<Issuer> {
  await permit(ctx, 'issuer.update', 'root')
  assertNotSettled(ctx, { id: target.id })
  assertSeen(patch.name)
  assertNameUnsettled(ctx, patch.name)
  const { record } = await change(ctx, issuerAt(target), {
    action: 'issuer.update',
    decide: (before) => {
      const after = patched(before, patch, ctx.now())
      assertGoodIssuer(ctx, after)
      assertCompaniesThere(ctx, after.companies, before.companies)
      return { after, result: undefined }
    },
  })
  return record
}

/** Trusts an issuer no longer: whoever signed in there is refused from now on. */
export async function deleteIssuer(ctx: Context, target: IssuerTarget): Promise<void> {
  await permit(ctx, 'issuer.delete', 'root')
  assertNotSettled(ctx, { id: target.id })
  await change(ctx, issuerAt(target), {
    action: 'issuer.delete',
    decide: (before) => {
      const purgeAfter = ctx.now() + ctx.limits.tombstoneSeconds * 1000
      return { after: { ...before, live: false, state: 'disabled', purgeAfter }, result: undefined }
    },
  })
}
