// The audit log of a company as the management API shows it, by hand.
// test/sdk/types.test.ts holds it to the schemas of the routes.

/** One entry of the audit log as a company sees it. */
export interface CompanyAuditEntry {
  readonly id: string
  readonly date: string
  /** A client id, the id of a person, `platform`, or `anonymous`. */
  readonly author: string
  readonly authorName: string
  readonly identityType: 'user' | 'serviceaccount' | 'system' | 'anonymous'
  readonly operation: 'Creation' | 'Edit' | 'Deletion'
  readonly action: string
  readonly resourceType: string
  readonly resourceId: string
  /** What it was done to is called. */
  readonly target: string
  /** The place that it belongs to, such as `company:<id>`. */
  readonly scope: string
  readonly before?: Readonly<Record<string, unknown>>
  readonly after?: Readonly<Record<string, unknown>>
  readonly requestId: string
}

/** Which entries of the audit log of a company are asked for. */
export interface CompanyAuditFilter {
  /** Unix seconds or RFC 3339; `from` is inclusive, `to` exclusive. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly author?: string | undefined
  readonly identityType?: string | undefined
  readonly resourceType?: string | undefined
  readonly resourceId?: string | undefined
  /** What it was done to is called, in full. */
  readonly target?: string | undefined
  /** The place that it belongs to, as entries name it. */
  readonly scope?: string | undefined
  readonly operation?: CompanyAuditEntry['operation'] | undefined
  readonly action?: string | undefined
  /** The id of an entry: only newer ones. */
  readonly after?: string | undefined
  /** By date from the oldest on; absent: from the newest. */
  readonly sort?: 'date' | '-date' | undefined
  /** A part of the name or id of what it was done to, or of who did it, without regard to case. */
  readonly search?: string | undefined
  readonly requestId?: string | undefined
}
