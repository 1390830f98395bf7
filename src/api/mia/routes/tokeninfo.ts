import { Problem } from '../../../domain/problem.ts'
import { bearerToken } from '../../../http/bearer.ts'
import { TokenClaims } from '../replies.ts'
import { openRoute } from '../route.ts'

/** The claims of the token that asks, while it stands: what a gateway calls on every request. */
export const tokeninfoRoutes = [
  openRoute({
    method: 'GET',
    path: '/tokeninfo',
    name: 'readToken',
    summary: 'Read the claims of the token that asks, while it stands',
    action: 'none',
    clientKey: 'optional',
    replies: { 200: TokenClaims },
    answer: async ({ check, assertFresh, authorization }) => {
      const token = bearerToken(authorization)
      assertFresh()
      const checked = check(token)
      if (!checked.ok) {
        throw new Problem('actor.unauthenticated', { why: 'refused' })
      }
      return [200, checked.payload]
    },
  }),
]
