import type Router from '@koa/router'
import { Problem } from '../../../domain/problem.ts'
import type { Checked } from '../../../domain/tokens/access-token.ts'
import { bearerToken } from '../../../http/bearer.ts'

export interface TokeninfoOptions {
  readonly check: (token: string) => Checked
  readonly assertFresh: () => void
}

/** The claims of the token that asks, while it stands: what a gateway calls on every request. */
export function tokeninfoRoutes(router: Router, options: TokeninfoOptions): void {
  router.get('/tokeninfo', (ctx) => {
    const token = bearerToken(ctx.headers.authorization)
    options.assertFresh()
    const checked = options.check(token)
    if (!checked.ok) {
      throw new Problem('actor.unauthenticated', { why: 'refused' })
    }
    ctx.body = checked.payload
  })
}
