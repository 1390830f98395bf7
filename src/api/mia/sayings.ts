import type { MethodRule, ProblemDetails } from '../../domain/problem.ts'
import type { Saying } from '../../http/problems.ts'

/** `field: message`, as every fault of a request is worded here. */
export function about(field: string, message: string): Saying {
  return { field, message: `${field}: ${message}` }
}

/** What does not fit the way in which an account logs in. */
export const methodRules: { readonly [R in MethodRule]: Saying } = {
  no_keys_beside_secrets: about(
    'publicKey',
    'an account of tokenEndpointAuthMethod client_secret_basic has no keys',
  ),
  key_is_needed: about('publicKey', 'is needed, because this account logs in by private_key_jwt'),
  key_is_not_accepted: about(
    'publicKey',
    'is not accepted, because this account logs in by client_secret_basic',
  ),
  keys_are_published: { message: 'This account publishes its keys at its jwksUri' },
  nothing_to_rotate: {
    message:
      'An account that logs in by key has no secret: add the new public key, then delete the former',
  },
}

/** Why a token is not taken. */
export const unauthenticated: Readonly<
  Record<ProblemDetails['actor.unauthenticated']['why'], string>
> = {
  missing: 'Authorization: expected Bearer and an access token',
  malformed: 'Authorization: expected Bearer and an access token',
  refused: 'The access token is invalid, expired or revoked',
  inactive: 'The account of this token is no longer active',
  wrong_audience: 'The access token is for another audience; ask for one for',
}

/** What somebody would give, or change, that goes beyond their own rights. */
export function excess({
  where,
  permission,
  audience,
}: ProblemDetails['grant.exceeds_own']): Saying {
  const what = permission ?? `the audience ${audience}`
  if (where !== 'given') {
    return { message: `This ${where} holds ${what}, which you do not hold yourself` }
  }
  const field = permission === undefined ? 'audiences' : 'permissions'
  return { field, message: `You cannot grant ${what}: you do not hold it yourself` }
}

/** A fault of the wire itself. */
export const wire = ({ said, field }: { said: string; field?: string }): Saying =>
  field === undefined ? { message: said } : { field, message: said }

/** Why a condition does not hold. */
export const stale: Readonly<
  Record<'changed' | 'weak' | 'none_match' | 'unmodified_since', Saying>
> = {
  changed: about('If-Match', 'it has changed since it was read; read it again'),
  weak: about(
    'If-Match',
    'a weak tag (W/"…") is never good for a change (RFC 9110 §13.1.1); a proxy that compresses answers makes them: read it again with Accept-Encoding: identity, or take W/ away',
  ),
  none_match: about('If-None-Match', 'it is there in a version that the header names'),
  unmodified_since: about('If-Unmodified-Since', 'it has changed since then; read it again'),
}
