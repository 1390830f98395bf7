import { roleOn } from '../access/binding.ts'
import { companyPlace } from '../access/places.ts'
import { ownerRole } from '../access/roles.ts'
import { hasWayIn, isActive, type KnownAccount } from '../accounts/account.ts'
import { type Context, isSomebody } from '../context.ts'
import type { Group } from '../groups/group.ts'
import { isLetIn } from '../issuers/trusted.ts'
import { slicesOf } from '../lists/page.ts'
import type { User } from '../users/user.ts'
import { type Company, isSame, type SubjectRef } from './company.ts'

/** What a record has to do with owning one company. */
export interface Stake {
  /** The id of the record. */
  readonly id: string
  /** Whether it holds the role of an owner by itself. */
  readonly isOwner: boolean
  /** Who it is; absent for a group. */
  readonly ref?: SubjectRef
  /** Whether it can log in now. */
  readonly canAct: boolean
  /** Those to whom it hands on its roles. */
  readonly members: readonly SubjectRef[]
}

/** As much of a company as says who owns it. */
export type Owned = Pick<Company, 'id' | 'founder'>

type StakeOf<R> = (ctx: Context, companyId: string, record: R) => Stake

function holdsOwner(companyId: string, { bindings }: Pick<Group, 'bindings'>): boolean {
  return roleOn(bindings, companyPlace(companyId)) === ownerRole
}

const ofAccount: StakeOf<KnownAccount> = ({ now }, companyId, account) => ({
  id: account.id,
  isOwner: holdsOwner(companyId, account),
  ref: { kind: 'account', id: account.clientId },
  // Those of the root keep no company for its people, who cannot see them.
  canAct: isActive(account) && account.owner !== 'root' && hasWayIn(account, now()),
  members: [],
})

const ofUser: StakeOf<User> = (ctx, companyId, user) => ({
  id: user.id,
  isOwner: holdsOwner(companyId, user),
  ref: { kind: 'person', id: user.id },
  // An invitation that nobody has claimed may never be.
  canAct: user.live && user.identity !== undefined && isLetIn(ctx, user),
  members: [],
})

const ofGroup: StakeOf<Group> = (_ctx, companyId, group) => ({
  id: group.id,
  isOwner: group.live && holdsOwner(companyId, group),
  canAct: false,
  members: group.members,
})

/** The records that make somebody an owner, besides the company's own. */
export interface Owning {
  readonly account: KnownAccount
  readonly user: User
  readonly group: Group
}

/** What a record has to do with owning a company, by its kind. */
export const stakes: { readonly [K in keyof Owning]: StakeOf<Owning[K]> } = {
  account: ofAccount,
  user: ofUser,
  group: ofGroup,
}

/** A company, with some records as they shall be, by their ids; undefined: as though they were gone. */
export interface Later {
  readonly company: Owned
  readonly changed: ReadonlyMap<string, Stake | undefined>
}

function latest({ changed }: Later, stake: Stake): Stake | undefined {
  return changed.has(stake.id) ? changed.get(stake.id) : stake
}

function stakeOfSubject(ctx: Context, companyId: string, { kind, id }: SubjectRef) {
  if (kind === 'person') {
    const user = ctx.known.users.get(id)
    return user && ofUser(ctx, companyId, user)
  }
  const account = ctx.known.accountByClientId(id)
  return account && ofAccount(ctx, companyId, account)
}

function canAct(ctx: Context, later: Later, ref: SubjectRef): boolean {
  const stake = stakeOfSubject(ctx, later.company.id, ref)
  return stake !== undefined && latest(later, stake)?.canAct === true
}

/** The actor, by a group that its login puts it in: of others nobody knows that. */
function claimed({ actor }: Context, { id }: Stake): readonly SubjectRef[] {
  const isMember = isSomebody(actor) && actor.kind === 'person' && actor.groups.includes(id)
  return isMember ? [{ kind: 'person', id: actor.id }] : []
}

async function* stakesIn(ctx: Context, { id }: Owned): AsyncGenerator<readonly Stake[]> {
  const { known } = ctx
  yield known.groups.in(companyPlace(id)).map((group) => ofGroup(ctx, id, group))
  for await (const some of slicesOf(ctx, [...known.users.all()])) {
    yield some.map((user) => ofUser(ctx, id, user))
  }
  for await (const some of known.accountsOf(companyPlace(id))) {
    yield some.map((account) => ofAccount(ctx, id, account))
  }
}

/** Whether somebody owns the company who can log in. */
export async function hasOwner(ctx: Context, later: Later): Promise<boolean> {
  const { founder } = later.company
  if (founder && canAct(ctx, later, founder)) return true
  const isOwning = (given: Stake) => {
    const stake = latest(later, given)
    if (!stake?.isOwner) return false
    const members = [...stake.members, ...claimed(ctx, stake)]
    return stake.canAct || members.some((ref) => canAct(ctx, later, ref))
  }
  for await (const some of stakesIn(ctx, later.company)) if (some.some(isOwning)) return true
  return false
}

/** Whether a record makes an owner of somebody, by itself, by having founded the company, or by a group. */
export function makesOwner({ known }: Context, { id, founder }: Owned, stake: Stake): boolean {
  const { ref, isOwner } = stake
  if (isOwner || !ref) return isOwner
  if (founder && isSame(founder)(ref)) return true
  return known.groupsOf(ref).some((group) => group.company === id && holdsOwner(id, group))
}
