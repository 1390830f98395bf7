import type { Place } from '../domain/access/places.ts'
import type { KnownAccount } from '../domain/accounts/account.ts'
import { customClaims } from '../domain/accounts/custom-claims.ts'
import { newTokenId } from '../domain/ids.ts'
import type { Granted, Presented, Proven } from './attempt.ts'
import type { OAuthOptions } from './options.ts'
import { Refusal } from './refusals.ts'
import { companyClaims } from './role-claims.ts'

function customOf({ allowedCustomClaims: allowed }: KnownAccount, presented: Presented) {
  if (allowed === undefined || presented.method !== 'private_key_jwt') return undefined
  return customClaims(allowed, presented.assertion.claims)
}

/**
 * What a request may bring into a token, of audiences and claims: with all that a token says besides, it must fit
 * into the headers of a request.
 */
const mostBrought = 6 * 1024

/** Bytes; nothing for the one audience of nearly every token. */
function broughtBytes(audiences: readonly string[], custom: object | undefined): number {
  const bytes = (value: object) => Buffer.byteLength(JSON.stringify(value))
  return (audiences.length > 1 ? bytes(audiences) : 0) + (custom ? bytes(custom) : 0)
}

/** The refusal of a login that brings more than fits into a token; undefined: all fits. */
export function claimsRefusal(
  { account, presented }: Proven | Granted,
  audiences: readonly string[],
): Refusal | undefined {
  const custom = customOf(account, presented)
  if (custom?.ok === false) {
    return new Refusal('claims_too_large', custom.why, { logged: custom.why })
  }
  const bytes = broughtBytes(audiences, custom?.claims)
  if (bytes <= mostBrought) return undefined
  const why = `audiences and custom claims make ${bytes} bytes of JSON, expected at most ${mostBrought}`
  return new Refusal('claims_too_large', why, { logged: why })
}

function saidClaims(account: KnownAccount, presented: Presented) {
  const custom = customOf(account, presented)
  return custom?.ok ? custom.claims : undefined
}

/** What a token says of what its account may do everywhere: in one place that is nothing. */
function permissionsFor(
  { permissions }: KnownAccount,
  scope: string | undefined,
  place: Place | undefined,
): readonly string[] {
  const asked = scope?.split(' ')
  if (asked) return permissions.filter((held) => asked.includes(held))
  return place === undefined ? permissions : []
}

/**
 * The claims of an access token (RFC 9068 §2.2), with what a root account may do, or the part of it
 * that the request asked for. No request parameter can name a claim; an assertion can say those
 * that its account may say of itself, and none of ours.
 */
export function accessClaims(
  { account, proof, grant, presented }: Pick<Granted, 'account' | 'proof' | 'grant' | 'presented'>,
  scope: string | undefined,
  options: OAuthOptions,
) {
  const now = options.lookups.now()
  const iat = Math.floor(now / 1000)
  const { generation } = account
  const epoch = options.lookups.epoch()
  const { audiences, lifetimeSeconds, place } = grant
  const [audience] = audiences
  const permissions = permissionsFor(account, scope, place)
  const said = saidClaims(account, presented)
  const taken = broughtBytes(audiences, said)
  // No scope at all where there is nothing to name: it has at least one word (RFC 6749 §3.3).
  const named = scope ?? (options.scopeClaim === 'always' ? permissions.join(' ') : '')
  return {
    iss: options.issuer,
    sub: account.clientId,
    aud: audiences.length === 1 ? audience : audiences,
    client_id: account.clientId,
    iat,
    exp: iat + lifetimeSeconds,
    jti: newTokenId(now),
    ...(named && { scope: named }),
    ...(generation > 0 && { generation }),
    ...(proof.by === 'credential' && { credential_id: proof.credential.id }),
    ...(epoch > 0 && { epoch }),
    ...(place !== undefined && { scope_resource: `urn:ostiary:${place}` }),
    ...companyClaims(account, { scope, place, taken }, options.lookups),
    permissions,
    ...said,
  }
}
