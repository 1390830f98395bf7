import { grantsOf } from '../access/actions.ts'
import { decide, type Rights } from '../access/decide.ts'
import { companyPlace, type Place } from '../access/places.ts'
import { currentRights } from '../access/rights.ts'
import type { AuditAction } from '../audit/actions.ts'
import type { Event, Facts } from '../audit/event.ts'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import type { TokenKind } from './kinds.ts'

/** What was revoked, by the narrowest that it names, and when (ms). */
export interface Revoked {
  readonly jti?: string
  readonly token_id?: string
  readonly credential_id?: string
  readonly account?: string
  readonly project?: string
  readonly company?: string
  /** Only tokens of this kind; absent: tokens of every kind. */
  readonly kind?: TokenKind
  readonly at: number
}

type What = Omit<Revoked, 'at'>

/** Some of what was revoked, and the place in the log up to which that is all. */
export interface RevokedPage {
  readonly revocations: readonly Revoked[]
  readonly next: number
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)

/** The value before the one that an entry tells of, and until when it is good (ms). */
function formerIn({ former }: Facts): {
  readonly jti: string | undefined
  readonly endsAt: number
} {
  const { jti, endsAt } = Object(former)
  return { jti: textOf(jti), endsAt: Number(endsAt ?? 0) }
}

const oneValue = ({ target }: Event, jti: string | undefined): readonly What[] =>
  jti === undefined ? [] : [{ jti, token_id: target.id }]

/**
 * A value that was replaced ends at once, unless it was let be for some time. One that had been let be
 * ends with it; once it was told that its time is over, it has no end any more.
 */
function replaced(event: Event): readonly What[] {
  const { at, before = {}, after = {} } = event
  const earlier = formerIn(before)
  return [
    ...(earlier.endsAt > 0 ? oneValue(event, earlier.jti) : []),
    ...(formerIn(after).endsAt > at ? [] : oneValue(event, textOf(before['jti']))),
  ]
}

function idsIn(facts: Facts | undefined): readonly string[] {
  const list: unknown = facts?.['credentials']
  if (!Array.isArray(list)) return []
  return list.flatMap((one: unknown) => textOf(Object(one)['id']) ?? [])
}

function removedCredentials({ before, after }: Event): readonly What[] {
  const left = new Set(idsIn(after))
  return idsIn(before)
    .filter((id) => !left.has(id))
    .map((id) => ({ credential_id: id }))
}

/** Whether a change took from something that it is enabled. */
function isDisabled({ before = {}, after = {} }: Event): boolean {
  return before['state'] === 'enabled' && after['state'] !== 'enabled'
}

function account(event: Event): readonly What[] {
  return [{ account: event.target.id }]
}

function company({ known }: Context, { target }: Event): readonly What[] {
  const projects = known.projects.in(companyPlace(target.id))
  return [{ company: target.id }, ...projects.map(({ id }) => ({ project: id }))]
}

type Reading = (event: Event, ctx: Context) => readonly What[]

/** What each entry of the log ends. */
const readings: { readonly [A in AuditAction]?: Reading } = {
  'token.revoke': ({ target, after = {} }) => {
    const jti = textOf(after['jti'])
    return jti === undefined ? [] : [{ jti, account: target.id }]
  },
  'token.regenerate': replaced,
  'token.end_overlap': (event) => oneValue(event, formerIn(event.before ?? {}).jti),
  'token.delete': ({ target }) => [{ token_id: target.id }],
  'credential.delete': removedCredentials,
  'account.delete': account,
  'account.revoke_tokens': ({ target }) => [{ account: target.id, kind: 'access' }],
  'account.update': (event) => (isDisabled(event) ? account(event) : []),
  'project.delete': ({ target }) => [{ project: target.id }],
  'company.delete': (event, ctx) => company(ctx, event),
  'company.update': (event, ctx) => (isDisabled(event) ? company(ctx, event) : []),
}

const isRead = (name: string): name is AuditAction => Object.hasOwn(readings, name)
const actions = Object.keys(readings).filter(isRead)

/** So many entries are looked at for one answer. */
const mostEntries = 1000

/** Whose revocations somebody may know of: all of them, or those of its companies. */
function mayKnow(rights: Rights): (event: Event) => boolean {
  const action = 'revocation.list'
  if (decide(rights, grantsOf(action), ['root']).allowed) return () => true
  const companies = rights.companies()
  return ({ scope = [] }) => scope.some((place: Place) => companies.has(place))
}

async function read(ctx: Context, since: number): Promise<RevokedPage> {
  const rights = await currentRights(ctx)
  const head = await ctx.store.head()
  const events = await ctx.store.events({ after: since, actions, limit: mostEntries })
  const known = mayKnow(rights)
  const revocations = events.filter(known).flatMap((event) => {
    const found = readings[event.action]?.(event, ctx) ?? []
    return found.map((what) => ({ ...what, at: event.at }))
  })
  const isAll = events.length < mostEntries
  return { revocations, next: isAll ? Math.max(head, since) : (events.at(-1)?.seq ?? since) }
}

/** What is asked for: all since a place in the log, waited for so long (ms) when there is nothing. */
export interface FeedQuery {
  readonly since: number
  readonly waitMs: number
}

/**
 * What was revoked since, of what the actor may know; waits for the first of it. Rights are read anew
 * after each wait. Fails with `request.invalid` for a place that the log has not come to.
 */
export async function revokedSince(ctx: Context, query: FeedQuery): Promise<RevokedPage> {
  const deadline = ctx.now() + query.waitMs
  if (query.since > (await ctx.store.head())) {
    throw new Problem('request.invalid', { rule: 'cursor_is_of_its_list' })
  }
  for (let since = query.since; ; ) {
    const page = await read(ctx, since)
    const leftMs = Math.min(deadline - ctx.now(), query.waitMs)
    if (page.revocations.length > 0 || leftMs <= 0) return page
    since = page.next
    if (!(await ctx.known.news(leftMs))) return page
  }
}

/** Where the log is now: the place from which somebody follows it that begins. */
export async function feedBegin(ctx: Context): Promise<RevokedPage> {
  await currentRights(ctx)
  return { revocations: [], next: await ctx.store.head() }
}
