import { permit } from '../access/permit.ts'
import { companyPlace } from '../access/places.ts'
import type { Context } from '../context.ts'
import { type ListAsked, type ListPage, pageOf, slicesOf } from '../lists/page.ts'
import {
  accountIdentity,
  belongsTo,
  groupIdentity,
  type Identity,
  userIdentity,
} from './identity.ts'
import { type IdentityRoles, rolesOfIdentity } from './roles.ts'

/** Which identities of a company are listed, and on which projects their roles are shown. */
export interface IdentitiesQuery extends ListAsked {
  readonly companyId: string
  /** Absent: all. */
  readonly type?: Identity['type'] | undefined
  /** Only these projects, and all of them; absent: those on which there are roles. */
  readonly projectIds?: readonly string[] | undefined
}

/** Where the identities of each type come from, some at a time. */
const sources: Readonly<
  Record<Identity['type'], (ctx: Context, id: string) => AsyncGenerator<readonly Identity[]>>
> = {
  async *user(ctx, companyId) {
    for await (const some of slicesOf(ctx, [...ctx.known.users.all()])) {
      yield some.filter((user) => belongsTo(ctx.known, companyId, user)).map(userIdentity)
    }
  },
  async *group(ctx, companyId) {
    for await (const some of slicesOf(ctx, ctx.known.groups.in(companyPlace(companyId)))) {
      yield some.map(groupIdentity)
    }
  },
  async *serviceaccount({ known }, companyId) {
    for await (const some of known.accountsOf(companyPlace(companyId))) {
      yield some.map(accountIdentity)
    }
  },
}

/** The roles of so many are told in one turn: about two milliseconds. */
const rolesAtOnce = 250

const everyType = ['user', 'group', 'serviceaccount'] as const satisfies readonly Identity['type'][]

async function* identitiesOf(ctx: Context, { companyId, type }: IdentitiesQuery) {
  for (const each of type === undefined ? everyType : [type]) yield* sources[each](ctx, companyId)
}

/**
 * Lists everybody who can hold roles in a company, those without any too, with the roles that they
 * hold and inherit. Fails with `company.not_found`, or with `request.invalid` when the cursor is not of this list.
 */
export async function listIdentities(
  ctx: Context,
  query: IdentitiesQuery,
): Promise<ListPage<IdentityRoles>> {
  const { companyId, type, projectIds } = query
  const rights = await permit(ctx, 'identity.list', companyPlace(companyId))
  const listed = {
    of: ['identities', companyId],
    filter: { type, projectIds },
    some: identitiesOf(ctx, query),
    row: (identity: Identity) => identity,
  }
  const page = await pageOf(ctx, listed, query)
  const items: IdentityRoles[] = []
  for await (const some of slicesOf(ctx, page.items, rolesAtOnce)) {
    items.push(...some.map((one) => rolesOfIdentity(ctx, { companyId, rights, projectIds }, one)))
  }
  return { ...page, items }
}
