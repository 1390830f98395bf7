import { assertStands, bearerToken, checkExactly } from '../../../http/bearer.ts'
import { TokenClaims } from '../list-replies.ts'
import { openRoute } from '../route.ts'

/** The claims of the token that asks, while it stands, as they are now: what a gateway calls on every request. */
export const tokeninfoRoutes = [
  openRoute({
    method: 'GET',
    path: '/tokeninfo',
    name: 'readToken',
    summary: 'Read the claims of the token that asks, while it stands',
    action: 'none',
    clientKey: 'optional',
    replies: { 200: TokenClaims },
    answer: async (door) => {
      const checked = assertStands(await checkExactly(bearerToken(door.authorization), door))
      return [200, door.live(checked)]
    },
  }),
]
