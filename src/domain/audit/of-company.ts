import { permit } from '../access/permit.ts'
import { companyPlace, type Place } from '../access/places.ts'
import type { Context } from '../context.ts'
import { cursorAt, type ListName, placeAt } from '../lists/cursor.ts'
import { Problem } from '../problem.ts'
import type { EventFilter } from '../store.ts'
import type { AuditAction } from './actions.ts'
import {
  type AuthorType,
  anonymous,
  type CompanyEntry,
  companyEntry,
  platform,
} from './company-entry.ts'
import { everyEventOf, filteredEvents, type PageAsked } from './log.ts'
import { auditActionNames, type Operation, operationOf } from './operations.ts'

/** Which entries of the log of a company are asked for; what is absent leaves all. Times are milliseconds. */
export interface CompanyFilter {
  readonly from?: number
  readonly to?: number
  readonly author?: string
  readonly identityType?: AuthorType
  readonly resourceType?: string
  readonly operation?: Operation
  readonly action?: AuditAction
  /** The id of an entry: only newer ones. */
  readonly after?: string
}

/** Which page of them. */
export interface CompanyQuery extends PageAsked {
  readonly companyId: string
  readonly filter: CompanyFilter
}

/** Some entries of the log of a company. */
export interface CompanyPage {
  readonly entries: readonly CompanyEntry[]
  /** Undefined when there are more than are counted. */
  readonly total: number | undefined
  /** The cursor of the next page; undefined on the last one. */
  readonly next: string | undefined
}

/** Who is meant by a type: those of other places are all the platform. */
function byType(company: Place, type: AuthorType): Partial<EventFilter> {
  const filters: Readonly<Record<AuthorType, Partial<EventFilter>>> = {
    user: { actorKinds: ['person'], actorOf: company },
    serviceaccount: { actorKinds: ['account'], actorOf: company },
    system: { actorKinds: ['account', 'person', 'system'], actorNotOf: company },
    anonymous: { actorKinds: ['anonymous'] },
  }
  return filters[type]
}

/** Nobody is found by a name that is not shown. */
function byAuthor(company: Place, author: string): Partial<EventFilter> {
  if (author === platform) return byType(company, 'system')
  if (author === anonymous) return byType(company, 'anonymous')
  return { actorId: author, actorOf: company }
}

function actionsOf({ action, operation }: CompanyFilter): readonly AuditAction[] {
  return auditActionNames.filter((name) => {
    const isAsked = action === undefined || action === name
    return isAsked && (operation === undefined || operationOf(name) === operation)
  })
}

/** What both ask for of the actor must hold: where they contradict each other, nothing is left. */
function byActor(company: Place, { author, identityType }: CompanyFilter): Partial<EventFilter> {
  const one: Partial<EventFilter> = author === undefined ? {} : byAuthor(company, author)
  const other: Partial<EventFilter> =
    identityType === undefined ? {} : byType(company, identityType)
  const kinds = [one, other].flatMap(({ actorKinds }) => (actorKinds ? [actorKinds] : []))
  const [first = [], second = first] = kinds
  const both = first.filter((kind) => second.includes(kind))
  return { ...one, ...other, ...(kinds.length > 0 && { actorKinds: both }) }
}

/** The number of an entry of the company. Fails with `request.invalid`, whatever else it may be. */
async function numberOf(ctx: Context, scope: Place, id: string): Promise<number> {
  const [found] = await ctx.store.events({ id, scope, limit: 1 })
  if (found) return found.seq
  throw new Problem('request.invalid', { rule: 'entry_is_there', id })
}

async function storeFilter(ctx: Context, scope: Place, asked: CompanyFilter): Promise<EventFilter> {
  const { from, to, resourceType, action, operation, after } = asked
  const isNarrow = action !== undefined || operation !== undefined
  return {
    scope,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(resourceType !== undefined && { targetKind: resourceType }),
    ...(isNarrow && { actions: actionsOf(asked) }),
    ...byActor(scope, asked),
    ...(after !== undefined && { after: await numberOf(ctx, scope, after) }),
  }
}

function listName({ companyId, filter }: CompanyQuery): ListName {
  const sorting = { by: 'createdAt', isDescending: true } as const
  return { of: ['audit', companyId], sorting, search: '', filter }
}

async function placeOf(ctx: Context, scope: Place, query: CompanyQuery) {
  const { at, perPage } = query
  if ('page' in at) return { offset: (at.page - 1) * perPage }
  const { id } = placeAt(ctx.peppers, listName(query), at.cursor)
  return { before: await numberOf(ctx, scope, id) }
}

/**
 * Reads the part of the audit log that is about a company and what is below it, newest first. Nothing
 * of the root or of another company is in it. Fails with `company.not_found` or `request.invalid`.
 */
export async function listCompanyEvents(ctx: Context, query: CompanyQuery): Promise<CompanyPage> {
  const scope = companyPlace(query.companyId)
  await permit(ctx, 'audit.list_of_company', scope)
  const filter = await storeFilter(ctx, scope, query.filter)
  const place = await placeOf(ctx, scope, query)
  const { events, total, next } = await filteredEvents(ctx.store, {
    ...filter,
    ...place,
    limit: query.perPage,
  })
  const last = next === undefined ? undefined : events.at(-1)
  return {
    entries: events.map((event) => companyEntry(ctx.known, scope, event)),
    total,
    next: last && cursorAt(ctx.peppers, listName(query))({ key: '', id: last.id }),
  }
}

/** All entries that a filter leaves, newest first, some at a time; leave is asked for each time. */
export async function* everyCompanyEvent(
  ctx: Context,
  { companyId, filter }: Pick<CompanyQuery, 'companyId' | 'filter'>,
): AsyncGenerator<readonly CompanyEntry[]> {
  const scope = companyPlace(companyId)
  const leave = () => permit(ctx, 'audit.list_of_company', scope)
  await leave()
  const wanted = await storeFilter(ctx, scope, filter)
  for await (const events of everyEventOf(ctx.store, wanted, leave)) {
    yield events.map((event) => companyEntry(ctx.known, scope, event))
  }
}
