import type { Admitted } from './admit.ts'
import { type Granted, granted } from './attempt.ts'
import { isHeld, lifetimeOf, mayHave, wantedAudiences } from './audiences.ts'
import { accessClaims } from './claims.ts'
import { one } from './form.ts'
import type { Judgement } from './judge.ts'
import type { OAuthOptions } from './options.ts'
import type { RefusalCode } from './refusals.ts'

/** A request that names nothing but these is plain enough to be answered without the core. */
const plainNames: ReadonlySet<string> = new Set(['grant_type', 'scope', 'audience', 'client_id'])
const plainType = /^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i
/** Another kind of client authentication, which the core declines beside any of ours. */
const attestations = ['oauth-client-attestation', 'oauth-client-attestation-pop'] as const

function hasPlainForm({ form, attempt }: Admitted): boolean {
  const { clientId } = attempt.presented
  if (one(form, 'grant_type') !== 'client_credentials') return false
  for (const name of form.keys()) if (!plainNames.has(name)) return false
  return (one(form, 'client_id') ?? clientId) === clientId
}

/** Whether the core would read nothing in a request but what is read here. */
function isPlain(admitted: Admitted): boolean {
  const { headers } = admitted
  if (attestations.some((name) => headers[name] !== undefined)) return false
  return plainType.test(headers['content-type'] ?? '') && hasPlainForm(admitted)
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

/** A token; or it is the core's turn. */
export type Granting =
  | { readonly is: 'token'; readonly answer: TokenAnswer; readonly attempt: Granted }
  | { readonly is: 'left' }

const left = { is: 'left' } as const

type ProvenJudgement = Extract<Judgement, { readonly verdict: 'proven' }>

interface Wish {
  readonly scope: string | undefined
  readonly audiences: readonly string[]
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** What an account may not have of what is wished; undefined when it may have all. */
function fault(
  account: Granted['account'],
  { scope, audiences }: Wish,
  options: OAuthOptions,
): RefusalCode | undefined {
  if (scope !== undefined && !isHeld(account, scope)) return 'scope_not_held'
  return mayHave(account, audiences, options) ? undefined : 'audience_not_allowed'
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

/**
 * The case that is nearly every case, without the core: a proven login asks for nothing that it may
 * not have. It only ever says yes; whatever it does not issue a token for, the core judges.
 */
export function granter(
  options: OAuthOptions,
): (admitted: Admitted, judgement: ProvenJudgement) => Promise<Granting> {
  const sign = signer(options)
  return async (admitted, { attempt }) => {
    if (!isPlain(admitted)) return left
    const scope = asSet(one(admitted.form, 'scope'))
    const audiences = wantedAudiences(attempt, options)
    if (fault(attempt.account, { scope, audiences }, options)) return left
    const grant = { audiences, lifetimeSeconds: lifetimeOf(attempt.proof, options) }
    return await sign(granted(attempt, grant), scope)
  }
}
