import type { Rights } from '../access/decide.ts'
import { isPermitted } from '../access/may-see.ts'
import { companyPlace, levelOf } from '../access/places.ts'
import { currentRights } from '../access/rights.ts'
import { companyAbove } from '../access/tree.ts'
import { isAccountMail } from '../accounts/mail.ts'
import { insert } from '../change.ts'
import type { Company } from '../companies/company.ts'
import { type Context, isSomebody } from '../context.ts'
import { Problem } from '../problem.ts'
import { newRecordId } from '../records.ts'
import { inRoom } from '../room.ts'
import { homeOf, makeUsualCompany } from './home.ts'
import { letOwnersIn } from './owners.ts'
import type { PendingOwner, Project } from './project.ts'
import { writeProject } from './projects.ts'
import { ownRoomIn, roomIn } from './room.ts'

/** What a project is made of by those who shall own it. */
export interface OwnProject {
  readonly name: string
  /** The id or the slug of a company; absent: the actor's own, else that of the settings. */
  readonly company?: string | undefined
  /** Mail addresses of people who shall own it, besides the person who makes it. */
  readonly owners: readonly string[]
}

/** Where an account belongs; undefined for people. */
function ownerOf({ actor, known }: Context) {
  return actor.kind === 'account' ? known.accountByClientId(actor.clientId)?.owner : undefined
}

/** Whether it is an account that manages the project that it belongs to, in this company. */
function isManagerIn(ctx: Context, rights: Rights, home: Company | undefined): boolean {
  const owner = ownerOf(ctx)
  if (owner === undefined || levelOf(owner) !== 'project' || !home) return false
  const holdings = rights.held.get(owner) ?? []
  return (
    companyAbove(ctx.known, owner).includes(companyPlace(home.id)) &&
    holdings.some(({ by }) => by.kind === 'role' && by.role === 'projectmanagers')
  )
}

/** Where the settings let everybody make projects: people, and accounts that manage one. */
function mayAsAnybody(ctx: Context, rights: Rights, home: Company | undefined): boolean {
  const { actor, projects } = ctx
  if (projects.createdBy !== 'everyone' || !isSomebody(actor)) return false
  if (actor.ceiling && actor.ceiling.bounds !== 'root') return false
  return actor.kind === 'person' || isManagerIn(ctx, rights, home)
}

/**
 * By what somebody may make a project: a right, or as anybody may. That the company of the settings is
 * there is no secret: nobody is told that it is not.
 */
function leaveToMake(ctx: Context, rights: Rights, home: Company | undefined): 'right' | 'anybody' {
  const action = 'project.create'
  const on = home ? companyPlace(home.id) : 'root'
  if (isPermitted(ctx, rights, { action, on })) return 'right'
  if (mayAsAnybody(ctx, rights, home)) return 'anybody'
  throw new Problem('actor.forbidden', { action, needed: ['console.company.project.create'] })
}

/** A person owns what they make; an account owns nothing, and only root may leave a project to nobody. */
function pendingOwners(ctx: Context, named: readonly string[]): readonly PendingOwner[] {
  if (named.some(isAccountMail)) throw new Problem('request.invalid', { rule: 'owners_are_people' })
  const { actor } = ctx
  const others = named.map((value) => ({ by: 'email', value }) as const)
  if (actor.kind === 'person') return [{ by: 'id', value: actor.id }, ...others]
  if (others.length === 0 && ownerOf(ctx) !== 'root') {
    throw new Problem('request.invalid', { rule: 'owners_are_named' })
  }
  return others
}

/**
 * Makes a project that people own. Project and owners are records of their own: it is answered as it was
 * written first, and its owners are let in behind it, by another process if need be. Fails with
 * `company.not_found`, `actor.forbidden`, `project.limit` or `request.invalid`.
 */
export async function makeOwnProject(ctx: Context, input: OwnProject): Promise<Project> {
  const rights = await currentRights(ctx)
  const home = await homeOf(ctx, rights, input.company)
  const leave = leaveToMake(ctx, rights, home)
  const pending = pendingOwners(ctx, input.owners)
  const company = home ?? (await makeUsualCompany(ctx))
  const id = newRecordId('project', ctx.now())
  const members = { name: input.name, id, company: company.id, sharesName: true }
  const owners = pending.length > 0 ? { pendingOwners: pending } : {}
  const write = () =>
    writeProject(ctx, { ...members, ...owners }, (record) =>
      insert(ctx, 'project', { action: 'project.create', record }),
    )
  const make = () => inRoom(roomIn(ctx, company.id), write)
  const own = ownRoomIn(ctx, company.id)
  const project = await (leave === 'anybody' ? inRoom(own, make) : make())
  if (pending.length > 0) await letOwnersIn(ctx, project)
  return project
}
