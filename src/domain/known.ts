import type { Place } from './access/places.ts'
import type { KnownAccount } from './accounts/account.ts'
import type { AccountLists } from './accounts/lists.ts'
import type { Company, SubjectRef } from './companies/company.ts'
import type { Environment } from './environments/environment.ts'
import type { Group } from './groups/group.ts'
import type { Issuer } from './issuers/issuer.ts'
import type { Project } from './projects/project.ts'
import type { CustomRole } from './roles/custom-role.ts'
import type { KnownToken } from './tokens/token.ts'
import type { Identity, User } from './users/user.ts'

/** Live records of a kind, in the order of their creation. */
interface KnownOf<R> {
  /** How often any of them changed so far. */
  readonly changes: number
  readonly get: (id: string) => R | undefined
  /** Of one scope. */
  readonly in: (scope: Place) => readonly R[]
  readonly all: () => Iterable<R>
  /** The places to which any of them belong. */
  readonly scopes: () => Iterable<Place>
}

/**
 * The tree and who is bound in it, as this process knows them: after `catchUp` with every write that
 * was acknowledged by any process. Only what lives is in it.
 */
export interface Known extends AccountLists {
  /** Reads the log to its end. Fails with `store.unavailable`. */
  readonly catchUp: () => Promise<void>
  /** Resolves when the log went on, or after `ms`; false when nobody is to wait any more. */
  readonly news: (ms: number) => Promise<boolean>
  /** Another one after each change of a company, project, environment, role or group. */
  readonly revision: number
  /** Resolves when the next slice of long work may be done, so that everything else has its turn. */
  readonly nextTurn: () => Promise<void>
  /** An account, dead when the place that it belongs to is. */
  readonly accountByClientId: (clientId: string) => KnownAccount | undefined
  /** All accounts, tombstones included, in no order. */
  readonly everyAccount: () => Iterable<KnownAccount>
  /** A token that lives long, tombstones included. */
  readonly tokenById: (id: string) => KnownToken | undefined
  /** The ids of the live tokens of an account. */
  readonly tokensOf: (clientId: string) => readonly string[]
  /** When the last token ends that a key signed (ms), of those that live long; 0: it signed none. */
  readonly lastTokenEndOf: (kid: string) => number
  /** The client ids of accounts that have live tokens. */
  readonly tokenHolders: () => Iterable<string>
  /** Those to whom any live account belongs. */
  readonly accountScopes: () => Iterable<Place>
  readonly companies: KnownOf<Company>
  readonly projects: KnownOf<Project>
  readonly environments: KnownOf<Environment>
  readonly roles: KnownOf<CustomRole>
  readonly groups: KnownOf<Group>
  readonly users: KnownOf<User>
  /** The issuer of that identifier, of those that are records, while it is trusted. */
  readonly trustedIssuer: (issuer: string) => Issuer | undefined
  /** Who an issuer means. */
  readonly userWith: (identity: Identity) => User | undefined
  /** Whose address this is: people whose issuer vouches for it, and who was invited by it. */
  readonly usersAt: (email: string) => readonly User[]
  /** People who have a role on this very place by themselves. */
  readonly usersOn: (on: Place) => readonly User[]
  /** Groups of all companies that issuers call so, without regard to case. */
  readonly groupsNamed: (name: string) => readonly Group[]
  readonly groupsOf: (subject: SubjectRef) => readonly Group[]
  readonly foundedBy: (subject: SubjectRef) => readonly Company[]
  readonly environmentAt: (projectId: string, envId: string) => Environment | undefined
}
