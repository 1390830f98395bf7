import { isActive, type KnownAccount } from '../domain/accounts/account.ts'
import { checkSecret, type SecretVerdict } from '../domain/credentials/check-secret.ts'
import { assertionAlgorithms, judgeAssertion } from './assertions.ts'
import {
  type Found,
  found,
  type Presented,
  type Proven,
  proven,
  type Read,
  type ReadAssertion,
  type Refused,
  refused,
} from './attempt.ts'
import { foreignMatcher } from './foreign-secrets.ts'
import type { Lookups, OAuthOptions } from './options.ts'
import {
  type ExactJws,
  fittingKeys,
  isLarge,
  type Named,
  readExactJws,
  storedKeyVerifier,
} from './stored-keys.ts'

type BySecret = Extract<Presented, { readonly method: 'client_secret_basic' }>
type ByAssertion = Extract<Presented, { readonly method: 'private_key_jwt' }>

/** A use of an assertion, which is reserved until it is over (ms). */
export interface Replay {
  readonly id: string
  readonly expiresAt: number
}

/**
 * What is thought of a login before the core sees it: proven; doubted, and what another process
 * knows may prove it; or left to the core, which says what is wrong, if anything is.
 */
export type Judgement =
  | { readonly verdict: 'proven'; readonly attempt: Proven; readonly replay: Replay | undefined }
  | { readonly verdict: 'doubted' }
  | { readonly verdict: 'left' }

const doubted = { verdict: 'doubted' } as const
const left = { verdict: 'left' } as const

/** Doubts that newer knowledge of the account could end; a secret that has expired stays expired. */
const openDoubts: ReadonlySet<string> = new Set([
  'unknown_client',
  'wrong_secret',
  'account_disabled',
])

/** What the secret of a login is good for, or why for nothing. */
function verdictOf(
  { secret, foreign }: BySecret,
  account: KnownAccount | undefined,
  { peppers, now }: Lookups,
): SecretVerdict {
  return checkSecret(account, secret, { peppers, now: now(), foreign })
}

function judgeSecret(read: Read, presented: BySecret, lookups: Lookups): Judgement {
  const account = lookups.account(presented.clientId)
  const verdict = verdictOf(presented, account, lookups)
  if (verdict.ok && account) {
    const proof = { by: 'credential', credential: verdict.credential } as const
    return { verdict: 'proven', attempt: proven(read, account, proof), replay: undefined }
  }
  return !verdict.ok && openDoubts.has(verdict.why) ? doubted : left
}

/** Header members that this reader knows all about; with any other the core is asked. */
const knownMembers: ReadonlySet<string> = new Set(['alg', 'typ', 'kid'])

/** An assertion that is good if one of its client's keys has signed it. */
interface Signed {
  readonly jws: ExactJws
  readonly named: Named
  readonly replay: Replay
}

/** Reads an assertion that nothing but its signature can be wrong with; undefined: another one. */
function assertionReader({ lookups, rules }: OAuthOptions) {
  const allowed = assertionAlgorithms(rules.isFapi)
  return ({ text, header, claims }: ReadAssertion): Signed | undefined => {
    const jws = readExactJws(text, header['alg'])
    if (!jws || !allowed.includes(jws.alg)) return undefined
    if (!Object.keys(header).every((name) => knownMembers.has(name))) return undefined
    const nowSeconds = Math.floor(lookups.now() / 1000)
    const verdict = judgeAssertion({ claims, header }, rules, nowSeconds)
    if (!verdict.ok) return undefined
    const replay = { id: verdict.replayId, expiresAt: verdict.expiresAt }
    return { jws, named: { alg: jws.alg, kid: header['kid'] }, replay }
  }
}

/** Whether the keys of an account are with us, or why its login cannot be proven by them. */
function keyHolder(account: KnownAccount | undefined): KnownAccount | Judgement {
  if (account?.live && account.authMethod !== 'private_key_jwt') return left
  if (!isActive(account)) return doubted
  return account.jwksUri === undefined ? account : left
}

function judgeStoredKeys(options: OAuthOptions) {
  const { lookups } = options
  const readSigned = assertionReader(options)
  const isSignedBy = storedKeyVerifier()
  return (read: Read, { assertion, clientId }: ByAssertion): Judgement => {
    const signed = readSigned(assertion)
    if (!signed) return left
    const account = keyHolder(lookups.account(clientId))
    if ('verdict' in account) return account
    const keys = fittingKeys(account, signed.named, lookups.now())
    // Of several keys that fit none is tried: the core refuses such a login.
    if (keys.length > 1 || keys.some(({ key }) => isLarge(key))) return left
    const credential = keys.find(({ key }) => isSignedBy(signed.jws, key))
    if (!credential) return doubted
    const attempt = proven(read, account, { by: 'credential', credential })
    return { verdict: 'proven', attempt, replay: signed.replay }
  }
}

/** What is thought of a login, and the login with what was found out about it. */
export type Judged = Judgement & { readonly read: Read }

/**
 * Judges logins by what is known here, and only ever says yes. Before it doubts one for want of
 * knowledge, it brings that up to date, once, and then does what takes time.
 */
export function judge(options: OAuthOptions): (read: Read) => Promise<Judged> {
  const byKeys = judgeStoredKeys(options)
  const matched = foreignMatcher(options)
  const judgeNow = (read: Read): Judgement => {
    const { presented } = read
    return presented.method === 'client_secret_basic'
      ? judgeSecret(read, presented, options.lookups)
      : byKeys(read, presented)
  }
  return async (read) => {
    const first = judgeNow(read)
    if (first.verdict !== 'doubted') return { ...first, read }
    // When the store is away, what is known here still stands, and the core says no by it.
    await options.refresh().catch(() => undefined)
    const known = await matched(read)
    return { ...judgeNow(known), read: known }
  }
}

/**
 * The login as the core is to see it, once it has looked its client up. The same work is done for
 * every secret, whether its client is known or not, disabled or not.
 */
export function identify(
  read: Read,
  account: KnownAccount | undefined,
  lookups: Lookups,
): Found | Proven | Refused {
  const { presented } = read
  const verdict =
    presented.method === 'client_secret_basic' ? verdictOf(presented, account, lookups) : undefined
  const no = (reason: Refused['reason']) => refused(read, { reason, detail: '', account })
  if (!account?.live) return no('unknown_client')
  if (account.authMethod !== presented.method) return no('wrong_method')
  if (!verdict) return found(read, account)
  if (!verdict.ok) return no(verdict.why)
  return proven(read, account, { by: 'credential', credential: verdict.credential })
}
