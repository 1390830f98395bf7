import type { Static } from 'typebox'
import type { Context } from '../../../domain/context.ts'
import { feedBegin, type Revoked, revokedSince } from '../../../domain/tokens/feed.ts'
import { invalidParameter } from '../../../http/query.ts'
import { Type } from '../../../schema/type.ts'
import { route } from '../route.ts'
import { iso } from '../views.ts'

/** A place in the log, as callers hold it: they make nothing of it. */
const form = /^r([0-9a-z]{1,11})$/

const cursorOf = (at: number) => `r${at.toString(36)}`

function placeOf(cursor: string): number {
  const [, digits = ''] = form.exec(cursor) ?? []
  const at = Number.parseInt(digits, 36)
  if (Number.isSafeInteger(at)) return at
  throw invalidParameter('since', 'expected what the answer before said in next')
}

const id = (description: string) => Type.Optional(Type.String({ description }))

const Revocations = Type.Object({
  revocations: Type.Array(
    Type.Object({
      jti: id('the one token with this id'),
      token_id: id('every value of the token that lives long, or the one that jti names'),
      credential_id: id('access tokens that were issued for this credential'),
      account: id('tokens of this account that were made until then'),
      project: id('tokens of the accounts of this project'),
      company: id('access tokens of the accounts of this company'),
      kind: id('access or project: tokens of this kind alone; absent: of every kind'),
      at: Type.String({ format: 'date-time', description: 'when they ended' }),
    }),
  ),
  next: Type.String({ description: 'what to ask with the next time' }),
})

const longestWait = 60

const Query = Type.Object(
  {
    since: Type.Optional(
      Type.String({ maxLength: 20, description: 'next of the answer before; absent: from now on' }),
    ),
    wait: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: longestWait,
        default: 0,
        expected: `a whole number of seconds from 0 to ${longestWait}`,
      }),
    ),
  },
  { additionalProperties: false },
)

async function pageOf(context: Context, { since, wait = 0 }: Static<typeof Query>) {
  if (since === undefined) return await feedBegin(context)
  return await revokedSince(context, { since: placeOf(since), waitMs: wait * 1000 })
}

const shown = ({ at, ...what }: Revoked) => ({ ...what, at: iso(at) })

/** What was revoked since, for those who verify tokens by themselves and want to know in seconds. */
export const revocationRoutes = [
  route({
    method: 'GET',
    path: '/api/revocations',
    name: 'listRevocations',
    summary: 'Tell which tokens were revoked since, as soon as some are',
    action: 'revocation.list',
    leave: 'anybody',
    clientKey: 'optional',
    query: Query,
    replies: { 200: Revocations },
    answer: async (context, { query }) => {
      const { revocations, next } = await pageOf(context, query)
      return [200, { revocations: revocations.map(shown), next: cursorOf(next) }]
    },
  }),
]
