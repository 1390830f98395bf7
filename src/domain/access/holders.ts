import { isActive, type KnownAccount } from '../accounts/account.ts'
import type { Context } from '../context.ts'
import {
  accountIdentity,
  groupIdentity,
  type Identity,
  userIdentity,
} from '../identities/identity.ts'
import { isLetIn } from '../issuers/trusted.ts'
import { type ListAsked, type ListPage, pageOf, slicesOf } from '../lists/page.ts'
import type { Subject } from './bound.ts'
import { decide, type Grant } from './decide.ts'
import { ladder } from './ladder.ts'
import { isPermitted } from './may-see.ts'
import type { Permission } from './permissions.ts'
import type { Path, Place } from './places.ts'
import { assertMayAsk, permissionAsked, type Question, resourcePath } from './question.ts'
import { accountSubject, currentRights, groupSubject, rightsOn, userSubject } from './rights.ts'
import { companyOf } from './tree.ts'

/** Somebody who may do something, and by what. */
export interface Holder {
  readonly identity: Pick<Identity, 'id' | 'name' | 'type' | 'createdAt'>
  readonly grant: Grant
}

/** Who may do what, and which part of the list is asked for. */
export interface HoldersQuery extends ListAsked, Pick<Question, 'permission' | 'resource'> {}

/** What is asked, and whether who asks may know of those who hold rights at the root. */
interface Asked {
  readonly permission: Permission
  readonly path: Path
  readonly seesRoot: boolean
}

/** It is decided of so many in one turn: about two milliseconds. */
const atOnce = 100

interface Candidate {
  readonly identity: Identity
  readonly subject: Subject
}

function holder({ known }: Context, asked: Asked, { identity, subject }: Candidate) {
  const { permission, path, seesRoot } = asked
  const seen = seesRoot ? subject : { ...subject, permissions: [] }
  const decision = decide(rightsOn(known, seen, path), ladder(permission), path)
  if (!decision.allowed || decision.grant === 'system') return []
  return [{ identity, grant: decision.grant }]
}

function accountCandidate({ known }: Context, { clientId }: KnownAccount): readonly Candidate[] {
  const account = known.accountByClientId(clientId)
  if (!isActive(account)) return []
  return [{ identity: accountIdentity(account), subject: accountSubject(account) }]
}

/** The accounts that can hold anything there, some at a time. */
async function* accounts(ctx: Context, { path, seesRoot }: Asked) {
  const company = companyOf(path)
  const scopes: readonly Place[] = [
    ...(seesRoot ? ['root' as const] : []),
    ...(company ? [company] : []),
  ]
  for (const scope of scopes) {
    for await (const some of ctx.known.accountsOf(scope)) {
      yield some.flatMap((account) => accountCandidate(ctx, account))
    }
  }
}

async function* people(ctx: Context) {
  for await (const some of slicesOf(ctx, [...ctx.known.users.all()])) {
    yield some
      .filter((user) => isLetIn(ctx, user))
      .map((user) => ({ identity: userIdentity(user), subject: userSubject(user) }))
  }
}

async function* groups(ctx: Context, { path }: Asked) {
  const company = companyOf(path)
  for await (const some of slicesOf(ctx, company ? ctx.known.groups.in(company) : [])) {
    yield some.map((group) => ({ identity: groupIdentity(group), subject: groupSubject(group) }))
  }
}

async function* holdersOf(ctx: Context, asked: Asked): AsyncGenerator<readonly Holder[]> {
  for (const source of [accounts(ctx, asked), people(ctx), groups(ctx, asked)]) {
    for await (const some of source) {
      for await (const few of slicesOf(ctx, some, atOnce)) {
        yield few.flatMap((one) => holder(ctx, asked, one))
      }
    }
  }
}

/**
 * Lists everybody who may do something now: accounts, people and groups, each by the highest grant that
 * lets them. What is held at the root is told to those who may know of it. Fails with
 * `permission.unknown`, `resource.not_found` or `actor.forbidden`.
 */
export async function listHolders(ctx: Context, query: HoldersQuery): Promise<ListPage<Holder>> {
  const permission = permissionAsked(query)
  const own = await currentRights(ctx)
  const path = assertMayAsk(ctx, own, resourcePath(ctx.known, query.resource))
  const seesRoot = isPermitted(ctx, own, { action: 'access.ask', on: 'root' })
  const listed = {
    of: ['holders', query.permission, query.resource ?? ''],
    some: holdersOf(ctx, { permission, path, seesRoot }),
    row: ({ identity }: Holder) => identity,
  }
  return await pageOf(ctx, listed, query)
}
