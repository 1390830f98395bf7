import { isActive, type KnownAccount } from '../domain/accounts/account.ts'
import { boundsFault } from '../domain/credentials/key-bounds.ts'
import type { PublicKey } from '../domain/credentials/public-key.ts'
import { keyFaultWords } from '../http/key-faults.ts'
import { assertionAlgorithms, judgeAssertion } from './assertions.ts'
import { type Found, type Presented, type Refused, refused } from './attempt.ts'
import type { OAuthOptions } from './options.ts'
import { Refusal } from './refusals.ts'
import { fits, fittingKeys, type Named, usableKeys } from './stored-keys.ts'

const shownLength = 256
const isText = (value: unknown): value is string => typeof value === 'string'

type ByAssertion = Extract<Presented, { readonly method: 'private_key_jwt' }>

/**
 * What the core is to verify a login with: the keys that the account publishes, or those that are
 * stored with it. Or the login, refused: at most one key may have signed it, so that at most one
 * signature is verified.
 */
export type LoginKeys =
  | { readonly ok: true; readonly published: readonly PublicKey[] | undefined }
  | { readonly ok: false; readonly attempt: Refused }

const namedIn = ({ assertion: { header } }: ByAssertion): Named => {
  return { alg: header['alg'], kid: header['kid'] }
}

/** RFC 7515 §4.1.4: several keys are told apart by their kid. */
const severalFit = (count: number) =>
  `${count} keys fit: the header must name one of them by its kid`

/** Keys that an older release took, and that are no longer good, are not silently ignored. */
function storedFault(account: KnownAccount, named: Named, now: number): string | undefined {
  const fitting = fittingKeys(account, named, now).length
  if (fitting > 0) return fitting > 1 ? severalFit(fitting) : undefined
  for (const { id, key } of usableKeys(account, now)) {
    const fault = fits(key, named) ? boundsFault(key) : undefined
    if (fault) return keyFaultWords(fault, `register another key in place of credential ${id}: it`)
  }
  return undefined
}

/** Why a login cannot be good whatever is published: nothing is fetched for it. */
function vainFault({ assertion: { header, claims } }: ByAssertion, options: OAuthOptions) {
  const { lookups, rules } = options
  const allowed = assertionAlgorithms(rules.isFapi)
  if (!allowed.some((alg) => alg === header['alg'])) return `alg must be ${allowed.join(' or ')}`
  const verdict = judgeAssertion({ claims, header }, rules, Math.floor(lookups.now() / 1000))
  return verdict.ok ? undefined : verdict.why
}

function publishedFault(keys: readonly PublicKey[], named: Named): string | undefined {
  const fitting = keys.filter((key) => fits(key, named)).length
  if (fitting === 1) return undefined
  if (fitting > 1) return severalFit(fitting)
  const kid = isText(named.kid)
    ? ` and the kid ${JSON.stringify(named.kid.slice(0, shownLength))}`
    : ''
  return `no key of its set fits the alg ${String(named.alg)}${kid}`
}

type Fault = Pick<Refused, 'reason' | 'detail'>

const bad = (detail: string): Fault => ({ reason: 'bad_assertion', detail })

/** A login whose keys are published at that place: what is published, or why it is refused. */
async function readPublished(
  { account, presented }: Found & { readonly presented: ByAssertion },
  uri: string,
  options: OAuthOptions,
): Promise<readonly PublicKey[] | Fault> {
  if (!isActive(account)) return { reason: 'account_disabled', detail: 'the account is disabled' }
  const vain = vainFault(presented, options)
  if (vain !== undefined) return bad(vain)
  const named = namedIn(presented)
  const published = await options.publishedKeys(uri, (keys) => keys.some((key) => fits(key, named)))
  if (published.ok) {
    const fault = publishedFault(published.keys, named)
    return fault === undefined ? published.keys : bad(fault)
  }
  if (!published.isBusy) return bad(published.why)
  throw new Refusal('keys_awaited', '', { headers: { 'Retry-After': '1' }, logged: published.why })
}

async function keysOrFault(
  found: Found,
  options: OAuthOptions,
): Promise<readonly PublicKey[] | Fault | undefined> {
  const { account, presented } = found
  if (presented.method !== 'private_key_jwt') return undefined
  if (account.jwksUri !== undefined) {
    return await readPublished({ ...found, presented }, account.jwksUri, options)
  }
  const fault = storedFault(account, namedIn(presented), options.lookups.now())
  return fault === undefined ? undefined : bad(fault)
}

/** Finds the keys for a login whose account is known. */
export function loginKeys(options: OAuthOptions): (found: Found) => Promise<LoginKeys> {
  return async (found) => {
    const keys = await keysOrFault(found, options)
    if (keys === undefined || !('reason' in keys)) return { ok: true, published: keys }
    return { ok: false, attempt: refused(found, { ...keys, account: found.account }) }
  }
}
