import { type Static, Type } from 'typebox'
import type { EventFilter } from '../../domain/store.ts'
import { invalidParameter } from '../../http/query.ts'

/** A page of a list. */
export interface Paging {
  readonly page: number
  readonly perPage: number
}

const wholeNumber = (minimum: number, maximum: number, absent: object) =>
  Type.Integer({
    minimum,
    maximum,
    expected: `a whole number from ${minimum} to ${maximum}`,
    ...absent,
  })
const page = (absent: object) => wholeNumber(1, 1_000_000, absent)
const perPage = wholeNumber(1, 200, { default: 25 })
const closed = { additionalProperties: false }
const instant = Type.String({ description: 'Unix seconds or a time (RFC 3339)' })

/** The query of a list of accounts. */
export const AccountsQuery = Type.Object({ page: page({ default: 1 }), per_page: perPage }, closed)

/** The query of the audit log; a page may be named by its number or by a cursor. */
export const AuditQuery = Type.Object(
  {
    page: Type.Optional(page({ description: 'a page by its number; 1 when absent' })),
    per_page: perPage,
    cursor: Type.Optional(
      Type.String({
        pattern: '^[1-9]\\d{0,14}$',
        expected: 'what a link to the next page carries, and no page beside it',
      }),
    ),
    from: Type.Optional(instant),
    to: Type.Optional(instant),
    actor: Type.Optional(Type.String({ description: 'a client id' })),
    target: Type.Optional(Type.String({ description: 'a client id' })),
  },
  closed,
)

/** Which page of the accounts is asked for. */
export function accountsPage(query: Static<typeof AccountsQuery>): Paging {
  return { page: query.page, perPage: query.per_page }
}

/** Unix seconds, or a time as RFC 3339 has it. */
function milliseconds(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const at = /^\d{1,11}$/.test(text) ? Number(text) * 1000 : Date.parse(text)
  if (!Number.isNaN(at)) return at
  throw invalidParameter(name, 'expected Unix seconds or a time (RFC 3339)')
}

/** What a page of the audit log is asked for with. */
export interface AuditPage extends Paging {
  /** The number that a former page told to go on before; absent: the page number counts. */
  readonly cursor: number | undefined
  readonly filter: EventFilter
}

/** Which page of the audit log is asked for. Fails with `request.invalid`. */
export function auditPage(query: Static<typeof AuditQuery>): AuditPage {
  if (query.cursor !== undefined && query.page !== undefined) {
    const said = 'expected what a link to the next page carries, and no page beside it'
    throw invalidParameter('cursor', said)
  }
  const { actor: actorId, target: targetId } = query
  const from = milliseconds('from', query.from)
  const to = milliseconds('to', query.to)
  return {
    page: query.page ?? 1,
    perPage: query.per_page,
    cursor: query.cursor === undefined ? undefined : Number(query.cursor),
    filter: {
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(actorId !== undefined && { actorId }),
      ...(targetId !== undefined && { targetId }),
    },
  }
}
