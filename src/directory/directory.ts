import { idOf, levelOf } from '../domain/access/places.ts'
import { companyOf, pathOf } from '../domain/access/tree.ts'
import type { KnownAccount } from '../domain/accounts/account.ts'
import type { AccountsAsked, AccountsFound } from '../domain/accounts/lists.ts'
import type { ClientKey } from '../domain/client-keys/client-key.ts'
import type { Company, SubjectRef } from '../domain/companies/company.ts'
import type { Environment } from '../domain/environments/environment.ts'
import type { Group } from '../domain/groups/group.ts'
import type { Issuer } from '../domain/issuers/issuer.ts'
import type { Known } from '../domain/known.ts'
import { foldMail, foldName } from '../domain/names.ts'
import type { Owner } from '../domain/owner.ts'
import { storeAway } from '../domain/problem.ts'
import { Recent } from '../domain/recent.ts'
import type { Kind, Records } from '../domain/records.ts'
import type { Store } from '../domain/store.ts'
import type { KnownToken } from '../domain/tokens/token.ts'
import type { Identity, User } from '../domain/users/user.ts'
import { Follower } from './follower.ts'
import { IssuerShelf } from './issuer-shelf.ts'
import { LiveShelf } from './live-shelf.ts'
import { InstallationShelf, NoShelf } from './plain-shelves.ts'
import { RevocationShelf } from './revocation-shelf.ts'
import { groupKeys, identityKey, subjectKey, userKeys } from './shelf-keys.ts'
import { AccountShelf, ClientKeyShelf } from './shelves.ts'
import { TokenShelf } from './token-shelf.ts'
import { Turns } from './turns.ts'
import { refreshBoundMs, within } from './within.ts'

/** So many accounts of companies that were disabled once are kept as they stand there. */
const mostRaised = 10_000

/**
 * Everything that a login needs, in memory: accounts, client keys and revocations. An unknown client
 * costs no more than a known one, and neither costs the store anything. It follows the event log.
 */
export class Directory implements Known {
  readonly #turns = new Turns()
  readonly #accounts = new AccountShelf(this.#turns)
  readonly foreignCosts = this.#accounts.foreignCosts
  readonly #clientKeys = new ClientKeyShelf()
  readonly #installation = new InstallationShelf()
  readonly #issuers = new IssuerShelf()
  readonly revocations = new RevocationShelf()
  readonly companies = new LiveShelf('company', ({ founder }) =>
    founder ? [subjectKey(founder)] : [],
  )
  readonly projects = new LiveShelf('project')
  readonly environments = new LiveShelf('environment', ({ project, envId }) => [
    `${project}:${envId}`,
  ])
  readonly roles = new LiveShelf('role')
  readonly groups = new LiveShelf('group', groupKeys)
  readonly users = new LiveShelf('user', userKeys)
  readonly statusLists = new LiveShelf('status_list')
  readonly tokens = new TokenShelf()
  readonly #raisedAccounts = new Recent<KnownAccount, KnownAccount>(mostRaised)
  readonly #follower: Follower

  private constructor(store: Store, now: () => number) {
    const shelves = {
      account: this.#accounts,
      client_key: this.#clientKeys,
      company: this.companies,
      environment: this.environments,
      group: this.groups,
      installation: this.#installation,
      issuer: this.#issuers,
      project: this.projects,
      revocation: this.revocations,
      role: this.roles,
      signing_key: new NoShelf<'signing_key'>(),
      status_list: this.statusLists,
      token: this.tokens,
      user: this.users,
    }
    this.#follower = new Follower(store, shelves, now)
  }

  /** Learns everything that the store holds. */
  static async load(store: Store, now: () => number): Promise<Directory> {
    const directory = new Directory(store, now)
    await directory.#follower.load()
    return directory
  }

  /** An account as it is by itself and by where it belongs: what is below a dead place is dead. */
  accountByClientId(clientId: string): KnownAccount | undefined {
    const account = this.#accounts.get(clientId)
    if (account === undefined || account.owner === 'root') return account
    const company = this.#companyAbove(account.owner)
    if (company === undefined) return { ...account, live: false }
    if (company.state !== 'enabled') return { ...account, state: 'disabled' }
    return company.generation === undefined ? account : this.#raised(account, company.generation)
  }

  #companyAbove(owner: Owner): Company | undefined {
    if (levelOf(owner) === 'company') return this.companies.get(idOf(owner))
    const path = pathOf(this, owner)
    const company = path && companyOf(path)
    return company && this.companies.get(idOf(company))
  }

  /** An account with what its company has ended too: the same object as long as neither changes. */
  #raised(account: KnownAccount, by: number): KnownAccount {
    const known = this.#raisedAccounts.get(account)
    const generation = account.generation + by
    if (known?.generation === generation) return known
    const raised = { ...account, generation }
    this.#raisedAccounts.set(account, raised)
    return raised
  }

  readonly tokenById = (id: string): KnownToken | undefined => this.tokens.get(id)
  readonly tokensOf = (clientId: string): readonly string[] => this.tokens.of(clientId)
  readonly lastTokenEndOf = (kid: string): number => this.tokens.lastEndOf(kid)
  readonly tokenHolders = (): Iterable<string> => this.tokens.holders()

  readonly usersOn = (on: Owner): readonly User[] => this.users.by(`on:${on}`)
  readonly everyAccount = (): Iterable<KnownAccount> => this.#accounts.all()

  readonly accountScopes = (): Iterable<KnownAccount['owner']> => this.#accounts.scopes()

  get revision(): number {
    const tree = this.companies.changes + this.projects.changes + this.environments.changes
    return tree + this.roles.changes + this.groups.changes
  }

  /** How often any account changed so far. */
  get accountChanges(): number {
    return this.#accounts.changes
  }

  groupsOf(subject: SubjectRef): readonly Group[] {
    return this.groups.by(subjectKey(subject))
  }

  groupsNamed(name: string): readonly Group[] {
    return this.groups.by(`named:${foldName(name)}`)
  }

  userWith(identity: Identity): User | undefined {
    return this.users.by(identityKey(identity))[0]
  }

  usersAt(email: string): readonly User[] {
    return this.users.by(`mail:${foldMail(email)}`)
  }

  foundedBy(subject: SubjectRef): readonly Company[] {
    return this.companies.by(subjectKey(subject))
  }

  environmentAt(projectId: string, envId: string): Environment | undefined {
    return this.environments.by(`${projectId}:${envId}`)[0]
  }

  clientKeyByDigest(value: string): ClientKey | undefined {
    return this.#clientKeys.get(value)
  }

  /** The trusted issuer of that identifier whose tokens are taken. */
  trustedIssuer(issuer: string): Issuer | undefined {
    return this.#issuers.get(issuer)
  }

  /** Of some ids of credentials, client keys, tokens and people, those of which nothing is known any more. */
  goneOf(ids: readonly string[]): readonly string[] {
    const isKnown = (id: string) =>
      this.#clientKeys.isLive(id) ||
      this.users.get(id) !== undefined ||
      this.tokens.get(id)?.live === true
    const gone = new Set(ids.filter((id) => !isKnown(id)))
    this.#accounts.removeCredentialsFrom(gone)
    return [...gone]
  }

  /** Access tokens of a lower epoch are refused: the store was put back to an older state. */
  get epoch(): number {
    return this.#installation.get()?.epoch ?? 0
  }

  /** Milliseconds: when the store was last put back to an older state, if it ever was. */
  get restoredAt(): number | undefined {
    return this.#installation.get()?.restoredAt
  }

  isRevoked(revocation: string): boolean {
    return this.revocations.has(revocation)
  }

  findAccounts(asked: AccountsAsked): Promise<AccountsFound> {
    return this.#accounts.of(asked.scope).find(asked)
  }

  accountsOf(scope: Owner): AsyncIterable<readonly KnownAccount[]> {
    return this.#accounts.of(scope).every()
  }

  /** Resolves when the next slice of long work may be done: one in each turn, whoever works. */
  nextTurn(): Promise<void> {
    return this.#turns.next()
  }

  readonly news = (ms: number): Promise<boolean> => this.#follower.news.wait(ms)
  /** Lets nobody wait for news any more. */
  readonly endNews = (): void => this.#follower.news.end()

  /** Takes a record as it was just read. */
  put<K extends Kind>(kind: K, record: Records[K]): void {
    this.#follower.put(kind, record)
  }

  /** Takes a record that this process has just written. */
  putOwn<K extends Kind>(kind: K, record: Records[K], eventId: string): void {
    this.#follower.putOwn(kind, record, eventId)
  }

  /** Milliseconds since the log was last read to its end. */
  get staleness(): number {
    return this.#follower.staleness
  }

  /** Reads the log to its end, however long it takes. */
  async catchUp(): Promise<void> {
    await this.#follower.refresh()
  }

  /**
   * Reads the log to its end, within a bound: nobody is refused on old knowledge, and nobody waits
   * for long. Fails with `store.unavailable`.
   */
  async refresh(): Promise<void> {
    await within(refreshBoundMs, this.#follower.refresh())
  }

  /** Fails with `store.unavailable` when what is known is older than `seconds` and cannot be renewed. */
  async ensureFresh(seconds: number): Promise<void> {
    if (this.staleness <= seconds * 1000) return
    await this.refresh().catch(() => undefined)
    if (this.staleness > seconds * 1000) throw storeAway()
  }

  /** Forgets tombstones, and revocations of tokens, whose time is over. */
  forgetExpired(): void {
    this.#follower.forgetExpired()
  }
}
