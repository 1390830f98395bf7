import type { AuthMethod } from '../domain/accounts/account.ts'
import type { Admitted } from './admit.ts'
import {
  type Granted,
  granted,
  type LoginAttempt,
  type Proven,
  proven,
  refused,
} from './attempt.ts'
import { isHeld, isPlaceAllowed, lifetimeOf, mayHave, wantedAudiences } from './audiences.ts'
import { accessClaims, claimsRefusal } from './claims.ts'
import { one } from './form.ts'
import type { Judgement, Replay } from './judge.ts'
import type { OAuthOptions } from './options.ts'
import { Refusal } from './refusals.ts'
import { standingOf } from './standing.ts'

/** The value of `client_assertion_type` (RFC 7523 §2.2). */
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

const always = ['grant_type', 'scope', 'audience', 'client_id']
/** A request that names nothing but these is plain enough to be answered without the core. */
const plainNames = {
  client_secret_basic: new Set(always),
  // The console's command line tells its method besides; nobody reads it.
  private_key_jwt: new Set([
    ...always,
    'client_assertion',
    'client_assertion_type',
    'token_endpoint_auth_method',
  ]),
} as const satisfies Record<AuthMethod, ReadonlySet<string>>
/** Another kind of client authentication, which the core declines beside any of ours. */
const attestations = ['oauth-client-attestation', 'oauth-client-attestation-pop'] as const

function hasPlainForm({ form, attempt }: Admitted): boolean {
  const { method, clientId } = attempt.presented
  if (one(form, 'grant_type') !== 'client_credentials') return false
  if (method === 'private_key_jwt' && one(form, 'client_assertion_type') !== assertionType) {
    return false
  }
  const isPlace = attempt.place !== undefined && form.get('resource')?.length === 1
  for (const name of form.keys()) {
    if (!plainNames[method].has(name) && !(isPlace && name === 'resource')) return false
  }
  return (one(form, 'client_id') ?? clientId) === clientId
}

/** Whether the core would read nothing in a request but what is read here. */
function isPlain(admitted: Admitted): boolean {
  const { headers } = admitted
  if (attestations.some((name) => headers[name] !== undefined)) return false
  return hasPlainForm(admitted)
}

/** RFC 6749 §3.3: a scope is a set, so what is asked for twice is asked for once. */
function asSet(scope: string | undefined): string | undefined {
  return scope && [...new Set(scope.split(' '))].join(' ')
}

/** The answer of the token endpoint (RFC 6749 §5.1). */
export interface TokenAnswer {
  readonly access_token: string
  readonly expires_in: number
  readonly scope?: string
  readonly token_type: 'Bearer'
}

/** A token; a refusal of a login that no longer stood when it had waited; or it is the core's turn. */
export type Granting =
  | { readonly is: 'token'; readonly answer: TokenAnswer; readonly attempt: Granted }
  | { readonly is: 'refusal'; readonly attempt: LoginAttempt; readonly cause: unknown }
  | { readonly is: 'left' }

const left = { is: 'left' } as const

type ProvenJudgement = Extract<Judgement, { readonly verdict: 'proven' }>

interface Wish {
  readonly scope: string | undefined
  readonly audiences: readonly string[]
}

/** What a login asks for, by what its account is now. */
function wishOf(login: Proven, scope: string | undefined, options: OAuthOptions): Wish {
  return { scope, audiences: wantedAudiences(login, options) }
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** What an account may not have of what is wished; undefined when it may have all. */
function fault(
  login: Proven,
  { scope, audiences }: Wish,
  options: OAuthOptions,
): Refusal | undefined {
  if (!isPlaceAllowed(login, options.lookups)) return new Refusal('audience_not_allowed')
  if (scope !== undefined && !isHeld(login, scope, options.lookups)) {
    return new Refusal('scope_not_held')
  }
  if (!mayHave(login.account, audiences, options)) return new Refusal('audience_not_allowed')
  return claimsRefusal(login, audiences)
}

/** RFC 7523 §3: a jti is spent once, and only by a login that everything else said yes to. */
async function spend(replay: Replay, options: OAuthOptions): Promise<boolean> {
  if (replay.expiresAt < options.reservationHorizon()) return false
  return await options.reserve(replay.id, replay.expiresAt)
}

function signer(options: OAuthOptions) {
  const { key, tokenType } = options
  const header = encode({ alg: key.alg, typ: tokenType, kid: key.kid })
  return async (attempt: Granted, scope: string | undefined): Promise<Granting> => {
    const data = `${header}.${encode(accessClaims(attempt, scope, options))}`
    const signature = await key.sign(Buffer.from(data))
    const answer: TokenAnswer = {
      access_token: `${data}.${signature.toString('base64url')}`,
      expires_in: attempt.grant.lifetimeSeconds,
      ...(scope !== undefined && { scope }),
      token_type: 'Bearer',
    }
    return { is: 'token', answer, attempt }
  }
}

/** Signs what a login may still have after its last wait, or refuses it. */
function issuer(options: OAuthOptions) {
  const sign = signer(options)
  return async (attempt: Proven, scope: string | undefined): Promise<Granting> => {
    const standing = standingOf(attempt, options.lookups)
    if (!standing.stands) {
      const cause = new Refusal('login_refused')
      return { is: 'refusal', attempt: refused(attempt, standing.why), cause }
    }
    const { account, proof } = standing
    const now = proven(attempt, account, proof)
    const wish = wishOf(now, scope, options)
    const cause = fault(now, wish, options)
    if (cause) return { is: 'refusal', attempt: now, cause }
    const { audiences } = wish
    const grant = { audiences, place: now.place, lifetimeSeconds: lifetimeOf(proof, options) }
    return await sign(granted(now, grant), scope)
  }
}

/**
 * The case that is nearly every case, without the core: a proven login asks for nothing that it may
 * not have. Whatever it does not issue a token for, the core judges; but for a login that lost its
 * standing while it waited, whose jti is spent.
 */
export function granter(
  options: OAuthOptions,
): (admitted: Admitted, judgement: ProvenJudgement) => Promise<Granting> {
  const issue = issuer(options)
  return async (admitted, { attempt, replay }) => {
    if (!isPlain(admitted)) return left
    const scope = asSet(one(admitted.form, 'scope'))
    if (fault(attempt, wishOf(attempt, scope, options), options)) return left
    if (replay && !(await spend(replay, options))) return left
    return await issue(attempt, scope)
  }
}
