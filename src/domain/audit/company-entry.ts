import type { Place } from '../access/places.ts'
import { companyOf, pathOf } from '../access/tree.ts'
import type { Known } from '../known.ts'
import type { AuditAction } from './actions.ts'
import type { Event, Facts } from './event.ts'
import { type Operation, operationOf } from './operations.ts'

/** What a company learns of who did something. */
export const authorTypes = ['user', 'serviceaccount', 'system', 'anonymous'] as const

/** One of them. */
export type AuthorType = (typeof authorTypes)[number]

/** Whoever runs this server, as companies know them: which account or task of theirs is not told. */
export const platform = 'platform'

/** Whoever did not say who they are, or did not prove it. */
export const anonymous = 'anonymous'

/** An entry of the log as a company sees it. Times are milliseconds. */
export interface CompanyEntry {
  readonly id: string
  readonly at: number
  /** A client id, the id of a person, or a word where it is none of the company's. */
  readonly author: string
  readonly authorName: string
  readonly identityType: AuthorType
  readonly operation: Operation
  readonly action: AuditAction
  readonly resourceType: string
  readonly resourceId: string
  readonly target: string
  readonly scope: Place
  readonly requestId: string
  readonly before?: Facts
  readonly after?: Facts
}

function authorIn({ actor }: Event, company: Place) {
  const { kind, id, name } = actor
  if (kind === 'anonymous') return { author: anonymous, authorName: '', identityType: kind }
  const isOwn = actor.of?.includes(company) === true
  if (!isOwn || kind === 'system') {
    return { author: platform, authorName: '', identityType: 'system' } as const
  }
  const identityType = kind === 'person' ? 'user' : 'serviceaccount'
  return { author: id, authorName: name, identityType } as const
}

function isPlace(on: unknown): on is Place {
  return typeof on === 'string' && /^(company|project|environment):./.test(on)
}

function isIn(known: Known, company: Place, on: unknown): boolean {
  if (!isPlace(on)) return false
  const path = on === company ? undefined : pathOf(known, on)
  return on === company || (path !== undefined && companyOf(path) === company)
}

/** Of a person a company is told nothing that is not its own: no role elsewhere, no right at the root. */
function personIn(known: Known, company: Place, facts: Facts): Facts {
  const { name, email, bindings } = facts
  const own = Array.isArray(bindings)
    ? bindings.filter((binding: unknown) => isIn(known, company, Object(binding).on))
    : undefined
  return {
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
    ...(own && { bindings: own }),
  }
}

/** An account that made a company is one of the root. */
function withoutRoot({ founder, ...facts }: Facts): Facts {
  return Object(founder).kind === 'person' ? { ...facts, founder } : facts
}

/** An entry as a company may see it. */
export function companyEntry(known: Known, company: Place, event: Event): CompanyEntry {
  const { id, at, action, target, requestId, scope = [] } = event
  const isPerson = target.kind === 'user'
  const shown = (facts: Facts) => (isPerson ? personIn(known, company, facts) : withoutRoot(facts))
  const below = scope[0] === 'root' || isPerson ? company : (scope[0] ?? company)
  return {
    ...{ id, at, action, requestId },
    ...authorIn(event, company),
    operation: operationOf(action),
    resourceType: target.kind,
    resourceId: target.id,
    target: target.name,
    scope: below,
    ...(event.before && { before: shown(event.before) }),
    ...(event.after && { after: shown(event.after) }),
  }
}
