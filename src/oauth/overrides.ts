import { IncomingMessage } from 'node:http'
import { type Client, Provider } from 'oidc-provider'
import type { KnownAccount } from '../domain/accounts/account.ts'
import { clientMetadata, nextExpiry } from './clients.ts'
import { runOf } from './core-run.ts'
import { identify } from './judge.ts'
import type { Lookups } from './options.ts'
import { Recent } from './recent.ts'

interface Built {
  readonly account: KnownAccount
  readonly client: Client
  /** Milliseconds. */
  readonly until: number
}

/** A client that was built weighs some 8 kB. */
const mostBuilt = 100
/** With a client goes the key set that it publishes: one that is forgotten is fetched again. */
const mostPublishing = 1000

/**
 * Why: the core asks its adapter for the client at every request, and compares all of it to know
 * whether it has changed. Here a client is kept as long as the account's record: a changed one is
 * another record.
 */
function clientBuilder(
  provider: Provider,
  { now: clock }: Lookups,
): (account: KnownAccount) => Client {
  const stored = new Recent<string, Built>(mostBuilt)
  const publishing = new Recent<string, Built>(mostPublishing)
  return (account) => {
    const now = clock()
    const built = account.jwksUri === undefined ? stored : publishing
    const known = built.get(account.id)
    if (known?.account === account && now < known.until) return known.client
    // The declarations have no constructor for what is constructed here; the library has.
    const client: Client = Reflect.construct(provider.Client, [clientMetadata(account, now)])
    built.set(account.id, { account, client, until: nextExpiry(account, now) })
    return client
  }
}

function overrideFind(provider: Provider, lookups: Lookups): void {
  const build = clientBuilder(provider, lookups)
  provider.Client.find = async (clientId: string) => {
    const account = lookups.account(clientId)
    const run = runOf(Provider.ctx)
    if (run.attempt.stage === 'read') run.attempt = identify(run.attempt, account, lookups)
    return account?.live ? build(account) : undefined
  }
}

/** Why: the core compares one plain secret; ours are digests, several, and expire. */
function overrideSecret(provider: Provider): void {
  provider.Client.prototype.compareClientSecret = () => {
    return runOf(Provider.ctx).attempt.stage === 'proven'
  }
}

/**
 * Why: the core derives accepted audiences from the request, and takes any one of several. Here it
 * accepts all, and our own hook, which runs on every assertion after its signature, judges.
 */
function overrideAudiences(provider: Provider): void {
  const any = { has: () => true }
  // The declarations do not know the method, though the library calls it on every assertion.
  Reflect.set(provider.OIDCContext.prototype, 'clientJwtAuthExpectedAudience', () => any)
}

/** The only uses of anything that the core's documentation does not list. */
export function applyOverrides(provider: Provider, lookups: Lookups): void {
  overrideFind(provider, lookups)
  overrideSecret(provider)
  overrideAudiences(provider)
}

/**
 * Why: the body was read, bounded and checked before the core; the core reads it once more from a
 * request that is still unread. It asks for JSON whatever the caller accepts, and comes from no
 * other origin, so that errors are never HTML and no cross-origin reader is ever answered.
 */
export function withBody(request: IncomingMessage, body: Buffer): IncomingMessage {
  const { origin: _origin, authorization, ...headers } = request.headers
  // RFC 9110 §11.4 lets several spaces follow the scheme; the core reads one.
  const login = authorization && { authorization: authorization.replace(/ +/, ' ') }
  const copy = new IncomingMessage(request.socket)
  copy.method = request.method
  copy.url = request.url
  copy.headers = { ...headers, ...login, accept: 'application/json' }
  // Ended as it was: a message that was cut short would take its connection with it.
  copy.complete = true
  copy.push(body)
  copy.push(null)
  return copy
}
