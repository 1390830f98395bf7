import { textOf } from './words.ts'

/** The claims of a token: of an access token (RFC 9068 §2.2), or of a project token. */
export interface AccessTokenClaims {
  readonly iss: string
  readonly sub: string
  readonly aud: string | readonly string[]
  /** Unix seconds, as `iat`. */
  readonly exp: number
  readonly iat: number
  readonly jti: string
  /** Of a project token, which has no such claim, its `sub`. */
  readonly client_id: string
  /** None in a project token: its rights are looked up. */
  readonly permissions: readonly string[]
  readonly scope?: string
  /** Of a project token alone: what stays when its value is regenerated. */
  readonly token_id?: string
  readonly project_id?: string
  readonly [claim: string]: unknown
}

/** An access token of the token endpoint, or a long-lived one that was made by name. */
export type TokenKind = 'access' | 'project'

interface Recognised {
  readonly types: readonly unknown[]
  /** The claim that only this kind has. */
  readonly own: string
  readonly clientId: string
}

/** What a token says, as it was signed. */
type Payload = Readonly<Record<string, unknown>>

/** How each kind is known; none can pass for another. */
const kinds: Readonly<Record<TokenKind, Recognised>> = {
  access: {
    types: ['at+jwt', 'application/at+jwt', 'JWT'],
    own: 'client_id',
    clientId: 'client_id',
  },
  project: { types: ['JWT'], own: 'token_id', clientId: 'sub' },
}

/** Every kind that this release knows. */
export const tokenKinds: readonly TokenKind[] = ['access', 'project']

/** The kind of a token that was verified. */
export function kindOfClaims({ token_id: id }: Pick<AccessTokenClaims, 'token_id'>): TokenKind {
  return id === undefined ? 'access' : 'project'
}

const isAudience = (aud: unknown): aud is string | readonly string[] =>
  typeof aud === 'string' || Array.isArray(aud)

/** The kind of a token; undefined when it is of none, or could be of two. */
function kindOf(typ: unknown, payload: Payload): TokenKind | undefined {
  const found = tokenKinds.filter((kind) => payload[kinds[kind].own] !== undefined)
  const [kind] = found
  if (kind === undefined || found.length > 1) return undefined
  return kinds[kind].types.includes(typ) ? kind : undefined
}

/** The claims of a token whose signature and times are good, or why it is none that is accepted. */
export function claimsOf(
  typ: unknown,
  payload: Payload,
  accepted: readonly TokenKind[] = tokenKinds,
): AccessTokenClaims | string {
  const kind = kindOf(typ, payload)
  if (kind === undefined) return 'it is neither an access token nor a project token of Ostiary'
  if (!accepted.includes(kind)) return `it is of the kind ${kind}, which is not accepted here`
  const { iss, sub, aud, exp, iat, jti, permissions, scope } = payload
  const texts = [iss, sub, jti, payload[kinds[kind].own], payload[kinds[kind].clientId]].map(textOf)
  if (
    texts.includes(undefined) ||
    !isAudience(aud) ||
    typeof exp !== 'number' ||
    typeof iat !== 'number'
  ) {
    return `iss, sub, jti and ${kinds[kind].own} must be texts`
  }
  const [issuer = '', subject = '', id = '', , client = ''] = texts
  return {
    ...payload,
    ...{ iss: issuer, sub: subject, aud, exp, iat, jti: id, client_id: client },
    permissions: Array.isArray(permissions) ? permissions.map(String) : [],
    ...(typeof scope === 'string' && { scope }),
  }
}
