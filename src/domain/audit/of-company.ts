import { permit } from '../access/permit.ts'
import { companyPlace, type Place } from '../access/places.ts'
import type { Context } from '../context.ts'
import { cursorAt, type ListName, placeAt } from '../lists/cursor.ts'
import { isFound } from '../lists/order.ts'
import { foldName } from '../names.ts'
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
import type { Event } from './event.ts'
import { everyEventOf, filteredEvents, type LogSearch, logSorting, type PageAsked } from './log.ts'
import { auditActionNames, type Operation, operationOf } from './operations.ts'
import { walked } from './walk.ts'

/** Which entries of the log of a company are asked for; what is absent leaves all. Times are milliseconds. */
export interface CompanyFilter extends LogSearch {
  readonly from?: number
  readonly to?: number
  readonly author?: string
  readonly identityType?: AuthorType
  readonly resourceType?: string
  readonly resourceId?: string
  /** What it was done to is called. */
  readonly target?: string
  /** The place that it belongs to, as entries name it. */
  readonly scope?: string
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
  const { from, to, resourceType, resourceId, action, operation, after } = asked
  const isNarrow = action !== undefined || operation !== undefined
  return {
    scope,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(resourceType !== undefined && { targetKind: resourceType }),
    ...(resourceId !== undefined && { targetId: resourceId }),
    ...(isNarrow && { actions: actionsOf(asked) }),
    ...byActor(scope, asked),
    ...(after !== undefined && { after: await numberOf(ctx, scope, after) }),
  }
}

/** Whether an entry is searched for by what is shown of it; undefined where all of them are. */
function testOf({ q, target, scope, requestId }: CompanyFilter) {
  const wanted = { target, scope, requestId }
  const given = (['target', 'scope', 'requestId'] as const).filter(
    (name) => wanted[name] !== undefined,
  )
  if (q === undefined && given.length === 0) return undefined
  const search = foldName(q ?? '')
  return (entry: CompanyEntry): boolean =>
    given.every((name) => entry[name] === wanted[name]) &&
    isFound(search, [entry.target, entry.resourceId, entry.author, entry.authorName])
}

function listName(query: CompanyQuery): ListName {
  const { companyId, filter } = query
  return { of: ['audit', companyId], sorting: logSorting(query), search: '', filter }
}

async function partOf(ctx: Context, scope: Place, query: CompanyQuery) {
  const { at, perPage: limit, isOldestFirst } = query
  if ('page' in at) return { limit, isOldestFirst, offset: (at.page - 1) * limit }
  const { id } = placeAt(ctx.peppers, listName(query), at.cursor)
  return { limit, isOldestFirst, place: await numberOf(ctx, scope, id) }
}

/**
 * Reads the part of the audit log that is about a company and what is below it, newest first. Nothing
 * of the root or of another company is in it. Fails with `company.not_found` or `request.invalid`.
 */
export async function listCompanyEvents(ctx: Context, query: CompanyQuery): Promise<CompanyPage> {
  const scope = companyPlace(query.companyId)
  await permit(ctx, 'audit.list_of_company', scope)
  const filter = await storeFilter(ctx, scope, query.filter)
  const part = await partOf(ctx, scope, query)
  const entryOf = (event: Event) => companyEntry(ctx.known, scope, event)
  const test = testOf(query.filter)
  const { events, total, next } = test
    ? await walked(ctx, { filter, isWanted: (event) => test(entryOf(event)) }, part)
    : await filteredEvents(ctx.store, filter, part)
  const last = typeof next === 'number' ? events.at(-1) : next
  return {
    entries: events.map(entryOf),
    total,
    next: last && cursorAt(ctx.peppers, listName(query))({ key: '', id: last.id }),
  }
}

/** All entries that a filter leaves, some at a time; leave is asked for each time. */
export async function* everyCompanyEvent(
  ctx: Context,
  { companyId, filter, isOldestFirst }: Omit<CompanyQuery, 'at' | 'perPage'>,
): AsyncGenerator<readonly CompanyEntry[]> {
  const scope = companyPlace(companyId)
  const leave = () => permit(ctx, 'audit.list_of_company', scope)
  await leave()
  const wanted = await storeFilter(ctx, scope, filter)
  const test = testOf(filter) ?? (() => true)
  for await (const events of everyEventOf(ctx.store, wanted, { leave, isOldestFirst })) {
    yield events.map((event) => companyEntry(ctx.known, scope, event)).filter(test)
  }
}
