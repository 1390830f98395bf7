import { IncomingMessage } from 'node:http'
import { type Client, Provider } from 'oidc-provider'
import type { KnownAccount } from '../domain/accounts/account.ts'
import type { PublicKey } from '../domain/credentials/public-key.ts'
import { Recent } from '../domain/recent.ts'
import { clientMetadata, nextExpiry } from './clients.ts'
import { runOf } from './core-run.ts'
import { mediaType } from './form.ts'
import { identify } from './judge.ts'
import { loginKeys } from './login-keys.ts'
import type { Lookups, OAuthOptions } from './options.ts'
import { soundKeys } from './stored-keys.ts'

interface Built {
  readonly account: KnownAccount
  readonly published: Published
  readonly client: Client
  /** Milliseconds. */
  readonly until: number
}

/** A client that was built weighs some 8 kB. */
const mostBuilt = 100

type Published = readonly PublicKey[] | undefined

/**
 * Why: the core asks its adapter for the client at every request, and compares all of it to know
 * whether it has changed. Here a client is kept as long as the account's record, and the key set that
 * it publishes: a changed one is another record, or another set.
 */
function clientBuilder(
  provider: Provider,
  { now: clock }: Lookups,
): (account: KnownAccount, published: Published) => Client {
  const built = new Recent<string, Built>(mostBuilt)
  return (account, published) => {
    const now = clock()
    const known = built.get(account.id)
    const isSame = known?.account === account && known.published === published
    if (isSame && now < known.until) return known.client
    const keys = published ?? soundKeys(account, now).map(({ key }) => key)
    // The declarations have no constructor for what is constructed here; the library has.
    const client: Client = Reflect.construct(provider.Client, [clientMetadata(account, keys)])
    built.set(account.id, { account, published, client, until: nextExpiry(account, now) })
    return client
  }
}

/** Why: the core fetches keys by itself, and again only when one does not verify; ours are at hand. */
function overrideFind(provider: Provider, options: OAuthOptions): void {
  const { lookups } = options
  const build = clientBuilder(provider, lookups)
  const keysFor = loginKeys(options)
  provider.Client.find = async (clientId: string) => {
    const account = lookups.account(clientId)
    const run = runOf(Provider.ctx)
    if (run.attempt.stage === 'read') run.attempt = identify(run.attempt, account, lookups)
    if (!account?.live) return undefined
    if (run.attempt.stage !== 'found') return build(account, undefined)
    const keys = await keysFor(run.attempt)
    if (keys.ok) return build(account, keys.published)
    run.attempt = keys.attempt
    return undefined
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
export function applyOverrides(provider: Provider, options: OAuthOptions): void {
  overrideFind(provider, options)
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
  // Its charset was judged, and what has no value left out: the core need not know of either.
  const type = headers['content-type'] && { 'content-type': mediaType }
  const length = headers['content-length'] && { 'content-length': String(body.length) }
  const copy = new IncomingMessage(request.socket)
  copy.method = request.method
  copy.url = request.url
  copy.headers = { ...headers, ...login, ...type, ...length, accept: 'application/json' }
  // Ended as it was: a message that was cut short would take its connection with it.
  copy.complete = true
  copy.push(body)
  copy.push(null)
  return copy
}
