import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import { OstiaryError } from './failure.ts'

/** Whose tokens are accepted, and for whom they must be. */
export interface VerifierOptions {
  /** The issuer identifier of the server, for example `https://auth.example.com`. */
  readonly issuer: string
  /** What this resource server is called: a token must be for it. */
  readonly audience: string
  /** By how much clocks may differ; 5 when absent. */
  readonly clockToleranceSeconds?: number
}

/** The claims of an access token (RFC 9068 §2.2). */
export interface AccessTokenClaims extends JWTPayload {
  readonly client_id: string
  readonly permissions: readonly string[]
  readonly scope?: string
}

const types: readonly unknown[] = ['at+jwt', 'application/at+jwt', 'JWT']
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA']
const patienceMs = 5000

function invalid(reason: string, cause?: unknown): OstiaryError {
  const message = `the token is not valid: ${reason}`
  return new OstiaryError('invalid_token', message, { status: 0, cause })
}

/** A token that is bad is told apart from keys that could not be fetched. */
function failureOf(error: unknown, jwks: URL): unknown {
  const isAboutKeys = error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)
  const isAnswer = error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC'
  if (!isAboutKeys && !isAnswer)
    return invalid(error instanceof Error ? error.message : String(error), error)
  const cause = error instanceof Error ? (error.cause ?? error) : error
  const reason = cause instanceof Error ? cause.message : String(cause)
  const message = `the keys cannot be fetched from ${jwks.href}: ${reason}`
  return new OstiaryError('unreachable', message, { status: 0, cause: error })
}

function claimsOf(payload: JWTPayload): AccessTokenClaims {
  const { client_id: clientId, permissions, scope } = payload
  if (typeof clientId !== 'string') throw invalid('it has no client_id')
  return {
    ...payload,
    client_id: clientId,
    permissions: Array.isArray(permissions) ? permissions.map(String) : [],
    ...(typeof scope === 'string' && { scope }),
  }
}

/**
 * Checks access tokens offline: signature, issuer, audience, type and times. The keys are fetched
 * when first needed, and again when a token names a new one. Fails with OstiaryError, `invalid_token`
 * or `unreachable`. Revocation is not seen before `exp`: ask introspection where that matters.
 */
export function verifier(options: VerifierOptions): (token: string) => Promise<AccessTokenClaims> {
  const { issuer, audience, clockToleranceSeconds = 5 } = options
  const jwks = new URL(`${issuer.replace(/\/$/, '')}/.well-known/jwks.json`)
  const keys = createRemoteJWKSet(jwks, { timeoutDuration: patienceMs })
  const checks = {
    issuer,
    audience,
    algorithms,
    clockTolerance: clockToleranceSeconds,
    requiredClaims: ['sub', 'exp', 'iat', 'jti'],
  }
  return async (token) => {
    const { payload, protectedHeader } = await jwtVerify(token, keys, checks).catch((error) => {
      throw failureOf(error, jwks)
    })
    if (!types.includes(protectedHeader.typ)) throw invalid('its typ is not at+jwt')
    return claimsOf(payload)
  }
}
