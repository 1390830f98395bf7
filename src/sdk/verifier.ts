import { failure, OstiaryError } from './failure.ts'
import { algorithms, issuerKeys, jose } from './issuer-keys.ts'
import type { StatusOptions } from './issuer-options.ts'
import { issuerMismatch } from './metadata.ts'
import type { RevocationFeed } from './revocation-feed.ts'
import { type Requirement, type RightsOptions, rightsChecks } from './rights.ts'
import { type IsListedRevoked, statusLists } from './status-lists.ts'
import { type AccessTokenClaims, claimsOf, type TokenKind } from './token-kinds.ts'
import { type CallOptions, unlessAborted } from './waiting.ts'
import { shown } from './words.ts'

/** Whose tokens are accepted, for whom they must be, and what they must allow. */
export interface VerifierOptions extends StatusOptions, RightsOptions, Requirement {
  /** What this resource server is called: a token must be for it. */
  readonly audience: string
  /** Which kinds of token are accepted; both when absent. */
  readonly kinds?: readonly TokenKind[] | undefined
  /** Tells of revocations within seconds; see `revocationFeed`. */
  readonly feed?: RevocationFeed | undefined
}

/** What one token must allow, in place of what the verifier was made with. */
export interface VerifyOptions extends Requirement, CallOptions {}

/** Answers the claims of a token that is good; see `verifier`. */
export type Verifier = (token: string, options?: VerifyOptions) => Promise<AccessTokenClaims>

const longestToken = 65_536

const compact = /^[\w-]+\.[\w-]+\.[\w-]+$/
/** What a part ends with that has so many characters beyond the last four: no bits that nobody reads. */
const lastSigns = [/[\w-]$/, /^$/, /[AQgw]$/, /[AEIMQUYcgkosw048]$/] as const

/**
 * RFC 7515 §2 and RFC 4648 §3.5: no padding, no foreign characters, no stray bits at the end. What
 * decodes more leniently would let a token have a second spelling.
 */
function isCanonical(token: string): boolean {
  if (!compact.test(token)) return false
  return token.split('.').every((part) => lastSigns[part.length % 4]?.test(part.slice(-1)))
}

const invalid = (reason: string, cause?: unknown) =>
  failure('invalid_token', `the token is not valid: ${reason}`, cause)

/** An `iss` that differs by a slash looks right to the eye: that is said. */
function reasonOf(error: unknown, token: string, issuer: string): string {
  const reason = error instanceof Error ? error.message : String(error)
  if (!reason.includes('"iss"')) return shown(reason)
  const [, payload = ''] = token.split('.')
  const { iss } = JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/')))
  return typeof iss === 'string' ? issuerMismatch(iss, issuer).message : shown(reason)
}

/** What is checked of every token, whatever its key. */
function checksOf(options: VerifierOptions) {
  const { issuer, audience, clockToleranceSeconds: clockTolerance = 5, now = Date.now } = options
  const requiredClaims = ['sub', 'exp', 'iat', 'jti']
  const currentDate = new Date(now())
  return { issuer, audience, algorithms, clockTolerance, currentDate, requiredClaims }
}

/** Proves signature, issuer, audience, kind and times. */
function proving(options: VerifierOptions, findKey: ReturnType<typeof issuerKeys>) {
  return async (token: string): Promise<AccessTokenClaims> => {
    if (typeof token !== 'string') throw invalid('it is no text')
    if (token.length > longestToken) throw invalid('it is too long')
    if (!isCanonical(token)) throw invalid('it is not three parts of base64url')
    const { jwtVerify } = await jose()
    const { payload, protectedHeader } = await jwtVerify(token, findKey, checksOf(options)).catch(
      (error) => {
        throw error instanceof OstiaryError
          ? error
          : invalid(reasonOf(error, token, options.issuer), error)
      },
    )
    const claims = claimsOf(protectedHeader.typ, payload, options.kinds)
    if (typeof claims === 'string') throw invalid(claims)
    return claims
  }
}

const revoked = () => failure('token_revoked', 'the token was revoked')

/** Fails for a token that was revoked, as the list that it names and the feed say. */
function standing({ feed }: VerifierOptions, isListedRevoked: IsListedRevoked) {
  return async (claims: AccessTokenClaims): Promise<void> => {
    const { status } = claims
    const told = feed?.told(claims)
    if (told?.isOver || (told && status === undefined)) throw revoked()
    if (status !== undefined && (await isListedRevoked(status, told?.readFrom))) throw revoked()
  }
}

/** What a call leaves open is as the verifier was made. */
function requiredBy(usual: Requirement, given: Requirement): Requirement {
  return {
    permissions: given.permissions ?? usual.permissions,
    resource: given.resource ?? usual.resource,
    roles: given.roles ?? usual.roles,
  }
}

/**
 * Checks tokens offline: signature, issuer, audience, kind, times and, where a token names its place
 * in a status list, revocation. Keys and lists are read when first needed and kept; while they cannot
 * be read, those that are known serve within bounds. What is required of a token is checked by its
 * claims; tokens that carry no permissions ask the issuer about themselves. Fails with OstiaryError.
 */
export function verifier(options: VerifierOptions): Verifier {
  const findKey = issuerKeys(options)
  const prove = proving(options, findKey)
  const assertStanding = standing(options, statusLists(findKey, options))
  const assertRights = rightsChecks(options)
  const verify = async (token: string, required: Requirement) => {
    const claims = await prove(token)
    await assertStanding(claims)
    await assertRights({ token, claims }, requiredBy(options, required))
    return claims
  }
  return async (token, { signal, ...required } = {}) =>
    await unlessAborted(verify(token, required), signal)
}
