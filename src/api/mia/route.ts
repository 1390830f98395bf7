import { Type } from 'typebox'
import type { Context } from '../../domain/context.ts'
import type { CheckOptions } from '../../http/bearer.ts'
import { routesOf } from '../../http/route.ts'

/** Declares a route for whoever holds a token for this server. */
export const route = routesOf<Context>('bearer')

/** What a route needs that looks at the token itself. */
export interface TokenDoor extends CheckOptions {
  /** The header of its request. */
  readonly authorization: string | undefined
}

/** Declares a route that looks at the token of its caller itself. */
export const openRoute = routesOf<TokenDoor>('own')

/** The parameters of a path below one account. */
export const OfAccount = Type.Object({ clientId: Type.String({ description: 'a client id' }) })

/** The parameters of a path of one client key. */
export const OfClientKey = Type.Object({
  id: Type.String({ description: 'the id of a client key' }),
})

/** The parameters of a path of one trusted issuer. */
export const OfIssuer = Type.Object({ id: Type.String({ description: 'the id of an issuer' }) })

/** The parameters of a path below one credential of an account. */
export const OfCredential = Type.Object({
  clientId: Type.String({ description: 'a client id' }),
  id: Type.String({ description: 'the id of a credential' }),
})
