import { permit } from '../access/permit.ts'
import { insert } from '../change.ts'
import { actorRef, type Context } from '../context.ts'
import { assertSeen } from '../names.ts'
import { newRecordId } from '../records.ts'
import { inRoom } from '../room.ts'
import { type Issuer, type TrustedIssuer, usualClaims } from './issuer.ts'
import {
  assertCompaniesThere,
  assertGoodIssuer,
  assertNameUnsettled,
  assertNotSettled,
  roomForIssuer,
} from './limits.ts'

/** What makes an issuer; the usual claims are read when none are named. */
export type NewIssuer = Pick<TrustedIssuer, 'name' | 'issuer' | 'audience'> &
  Partial<Omit<TrustedIssuer, 'id'>>

function newIssuer(ctx: Context, terms: NewIssuer): Issuer {
  const now = ctx.now()
  return {
    id: newRecordId('issuer', now),
    version: 1,
    live: true,
    ...usualClaims,
    allowInsecure: false,
    companies: [],
    ...terms,
    state: 'enabled',
    createdAt: now,
    createdBy: actorRef(ctx.actor).id,
    updatedAt: now,
  }
}

/** Trusts an issuer: from then on its tokens say who a person is. */
export async function createIssuer(ctx: Context, terms: NewIssuer): Promise<Issuer> {
  await permit(ctx, 'issuer.create', 'root')
  const issuer = newIssuer(ctx, terms)
  assertSeen(issuer.name)
  assertGoodIssuer(ctx, issuer)
  assertCompaniesThere(ctx, issuer.companies)
  assertNotSettled(ctx, { issuer: issuer.issuer })
  assertNameUnsettled(ctx, issuer.name)
  await inRoom(roomForIssuer(ctx), () =>
    insert(ctx, 'issuer', { action: 'issuer.create', record: issuer }),
  )
  return issuer
}
