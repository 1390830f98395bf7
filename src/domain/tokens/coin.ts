import { idOf, levelOf } from '../access/places.ts'
import type { Context } from '../context.ts'
import { newTokenId } from '../ids.ts'
import type { Owner } from '../owner.ts'
import { Secret } from '../secret.ts'
import type { Mint } from './mint.ts'
import { digestOfToken, type TokenValue } from './token.ts'

/** What a value is made of. */
export interface Coining {
  readonly id: string
  /** The client id of its account. */
  readonly account: string
  readonly owner: Owner
  readonly audiences: readonly string[]
  /** Milliseconds, a whole second. */
  readonly expiresAt: number
}

/** A new value of a token, and the JWT, which is shown this once. */
export interface Coined {
  readonly value: TokenValue
  readonly jwt: Secret
}

/** The mint of a process that signs. */
export function mintOf({ mint }: Context): Mint {
  if (mint) return mint
  throw new Error('this process signs no tokens')
}

/** Makes a new value of a token, of all that its claims say. */
export async function coin(ctx: Context, coining: Coining): Promise<Coined> {
  const { id, account, owner, audiences, expiresAt } = coining
  const mint = mintOf(ctx)
  const now = ctx.now()
  const [iat, exp] = [Math.floor(now / 1000), expiresAt / 1000]
  const jti = newTokenId(now)
  const place = await mint.place(exp - iat)
  const { jwt, kid } = await mint.sign({
    iss: mint.issuer,
    sub: account,
    aud: audiences.length === 0 ? mint.issuer : [mint.issuer, ...audiences],
    iat,
    nbf: iat,
    exp,
    jti,
    ...(levelOf(owner) === 'project' && { project_id: idOf(owner) }),
    token_id: id,
    ...(place && { status: { status_list: { uri: place.uri, idx: place.ref.index } } }),
  })
  const status = place ? { status: place.ref } : {}
  const digest = digestOfToken(jwt)
  return { value: { jti, digest, kid, issuedAt: now, expiresAt, ...status }, jwt: new Secret(jwt) }
}
