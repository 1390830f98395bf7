// What of some accounts somebody should look at, as the management API shows it, by hand.
// test/sdk/types.test.ts holds it to the schemas of the routes.

/** An account that needs attention. */
export interface AttentionRow {
  readonly clientId: string
  readonly name: string
  /** Since or until when: each section says of what. */
  readonly at: string
  /** The credential that it is about. */
  readonly credentialId?: string
  /** The address of its last use, for whoever may manage the account. */
  readonly lastUsedFrom?: string
  /** How many logins were refused. */
  readonly refusals?: number
}

/** How many accounts need attention for one reason, and the first ten. */
export interface AttentionSection {
  readonly count: number
  readonly first: readonly AttentionRow[]
}

/** What of some accounts somebody should look at. */
export interface Attention {
  /** A credential ends within 30 days, at this moment. */
  readonly expiring: AttentionSection
  /** Last used, or else made, over 90 days ago. */
  readonly unused: AttentionSection
  /** A secret is still used that another took the place of. */
  readonly rotating: AttentionSection
  /** Waits to be approved since it was made. */
  readonly drafts: AttentionSection
  /** A login was refused within 24 hours. */
  readonly refusedLogins: AttentionSection
}
