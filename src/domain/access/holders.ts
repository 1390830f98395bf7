import { isActive } from '../accounts/account.ts'
import type { Context } from '../context.ts'
import { byType, type Identity, type IdentityRecord, identityOf } from '../identities/identity.ts'
import { isLetIn } from '../issuers/trusted.ts'
import { type ListAsked, type ListPage, pageOf, slicesOf } from '../lists/page.ts'
import type { Subject } from './bound.ts'
import { decide, type Grant } from './decide.ts'
import { ladder } from './ladder.ts'
import { isPermitted } from './may-see.ts'
import type { Permission } from './permissions.ts'
import type { Path } from './places.ts'
import { assertMayAsk, permissionAsked, type Question, resourcePath } from './question.ts'
import { currentRights, groupSubject, rightsOn, subjectOfAccount, userSubject } from './rights.ts'
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

const subjectOf = byType<Subject>({
  account: subjectOfAccount,
  group: groupSubject,
  user: userSubject,
})

/** Answers somebody as they are known by now; undefined when they may do nothing any more. */
function standing(ctx: Context) {
  const { known } = ctx
  return byType<IdentityRecord | undefined>({
    account: ({ clientId }) => {
      const account = known.accountByClientId(clientId)
      return isActive(account) ? account : undefined
    },
    group: ({ id }) => known.groups.get(id),
    user: ({ id }) => {
      const user = known.users.get(id)
      return user && isLetIn(ctx, user) ? user : undefined
    },
  })
}

/** The highest grant that lets somebody do it; undefined when there is none. */
function grantOf(ctx: Context, asked: Asked, record: IdentityRecord): Grant | undefined {
  const { permission, path, seesRoot } = asked
  const subject = subjectOf(record)
  const seen = seesRoot ? subject : { ...subject, permissions: [] }
  const decision = decide(rightsOn(ctx.known, seen, path), ladder(permission), path)
  return decision.allowed && decision.grant !== 'system' ? decision.grant : undefined
}

/** All who can hold anything there, some at a time. */
async function* candidates(
  ctx: Context,
  { path, seesRoot }: Asked,
): AsyncGenerator<readonly IdentityRecord[]> {
  const { known } = ctx
  const company = companyOf(path)
  if (seesRoot) yield* known.accountsOf('root')
  if (company) yield* known.accountsOf(company)
  yield* slicesOf(ctx, [...known.users.all()])
  if (company) yield* slicesOf(ctx, known.groups.in(company))
}

async function* holdersOf(ctx: Context, asked: Asked): AsyncGenerator<readonly IdentityRecord[]> {
  const stillThere = standing(ctx)
  for await (const some of candidates(ctx, asked)) {
    for await (const few of slicesOf(ctx, some, atOnce)) {
      yield few.filter((listed) => {
        const record = stillThere(listed)
        return record !== undefined && grantOf(ctx, asked, record) !== undefined
      })
    }
  }
}

/** Some of those who may do something. */
export interface HolderPage extends ListPage<IdentityRecord> {
  /** By what each may do it, told as their rows are made; without those who may not any more. */
  readonly holding: (some: readonly IdentityRecord[]) => readonly Holder[]
}

/**
 * Lists everybody who may do something now: accounts, people and groups, each by the highest grant that
 * lets them. What is held at the root is told to those who may know of it. Fails with
 * `permission.unknown`, `resource.not_found` or `actor.forbidden`.
 */
export async function listHolders(ctx: Context, query: HoldersQuery): Promise<HolderPage> {
  const permission = permissionAsked(query)
  const own = await currentRights(ctx)
  const path = assertMayAsk(ctx, own, resourcePath(ctx.known, query.resource))
  const seesRoot = isPermitted(ctx, own, { action: 'access.ask', on: 'root' })
  const asked = { permission, path, seesRoot }
  const listed = {
    of: ['holders', query.permission, query.resource ?? ''],
    some: holdersOf(ctx, asked),
    row: identityOf,
  }
  const page = await pageOf(ctx, listed, query)
  const stillThere = standing(ctx)
  const holder = (listed: IdentityRecord) => {
    const record = stillThere(listed)
    const grant = record && grantOf(ctx, asked, record)
    return grant ? [{ identity: identityOf(record), grant }] : []
  }
  return { ...page, holding: (some) => some.flatMap(holder) }
}
