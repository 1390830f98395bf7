import type { IncomingMessage } from 'node:http'
import { type Client, Provider } from 'oidc-provider'
import type { Account } from '../domain/accounts/account.ts'
import { checkSecret } from '../domain/credentials/check-secret.ts'
import type { Pepper } from '../domain/secret.ts'
import { clientMetadata, nextExpiry } from './clients.ts'
import { loginOf } from './login.ts'

/** What the overrides need to know of the world. */
export interface Lookups {
  readonly account: (clientId: string) => Account | undefined
  readonly peppers: readonly Pepper[]
  readonly now: () => number
}

interface Built {
  readonly account: Account
  readonly client: Client
  readonly until: number
}

/** A client that was built weighs some 8 kB, and building it costs as much as a signature. */
const mostBuilt = 10_000

/**
 * Why: the core asks its adapter for the client at every request and keeps 100 of them at most. Here
 * those used last are kept, each as long as the account's record: a changed one is another record.
 */
function clientBuilder(provider: Provider, { now: clock }: Lookups): (account: Account) => Client {
  const built = new Map<string, Built>()
  return (account) => {
    const now = clock()
    const known = built.get(account.id)
    const isGood = known?.account === account && now < known.until
    const kept = isGood
      ? known
      : {
          account,
          client: Reflect.construct(provider.Client, [clientMetadata(account, now)]),
          until: nextExpiry(account, now),
        }
    built.delete(account.id)
    built.set(account.id, kept)
    const [oldest] = built.keys()
    if (built.size > mostBuilt && oldest !== undefined) built.delete(oldest)
    return kept.client
  }
}

function overrideFind(provider: Provider, lookups: Lookups): void {
  const build = clientBuilder(provider, lookups)
  provider.Client.find = async (clientId: string) => {
    const account = lookups.account(clientId)
    const login = loginOf(Provider.ctx)
    if (login) {
      if (account) login.account = account
      if (login.presented.method === 'client_secret_basic') {
        // Known or not, disabled or not: every presented secret is digested and compared alike.
        const { secret } = login.presented
        login.verdict = checkSecret(account, secret, { ...lookups, now: lookups.now() })
      }
    }
    return account?.live ? build(account) : undefined
  }
}

/** Why: the core compares one plain secret; ours are digests, several, and expire. */
function overrideSecret(provider: Provider): void {
  provider.Client.prototype.compareClientSecret = () => {
    return loginOf(Provider.ctx)?.verdict?.ok === true
  }
}

/**
 * Why: the core derives accepted audiences from the request, and takes any one of several. Here it
 * accepts all, and our own hook, which runs on every assertion after its signature, judges.
 */
function overrideAudiences(provider: Provider): void {
  const any = { has: () => true }
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
 * request that still looks unread. It asks for JSON whatever the caller accepts, and comes from no
 * other origin, so that errors are never HTML and no cross-origin reader is ever answered.
 */
export function withBody(request: IncomingMessage, body: Buffer): IncomingMessage {
  const { origin: _origin, authorization, ...headers } = request.headers
  // RFC 9110 §11.4 lets several spaces follow the scheme; the core reads one.
  const login = authorization && { authorization: authorization.replace(/ +/, ' ') }
  return Object.create(request, {
    headers: { value: { ...headers, ...login, accept: 'application/json' } },
    readable: { value: true },
    iterator: { value: () => [body] },
  })
}
