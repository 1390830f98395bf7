import type { Static } from 'typebox'
import type { NewToken } from '../../domain/tokens/create.ts'
import type { TokensAsked } from '../../domain/tokens/manage.ts'
import type { Regeneration } from '../../domain/tokens/regenerate.ts'
import { tokenStates } from '../../domain/tokens/state.ts'
import type { TokenTarget } from '../../domain/tokens/target.ts'
import { assertConditions, type Conditions } from '../../http/conditions.ts'
import { invalidParameter } from '../../http/query.ts'
import { Type } from '../../schema/type.ts'
import { listAsked, wholeListMembers } from './list-queries.ts'
import { moment as momentOf } from './moments.ts'
import { audiences, closed, moment } from './schemas.ts'

/** So many characters the name of a token has at most. */
const longestName = 63

const expectedName = `a text of 1 to ${longestName} characters, without control characters`

const tokenName = Type.String({
  minLength: 1,
  maxLength: longestName,
  pattern: '^(?=.*\\S)[^\\p{Cc}\\p{Cs}]*$',
  expected: expectedName,
})

/** The parameters of a path of one token. */
export const OfToken = Type.Object({
  clientId: Type.String({ description: 'a client id' }),
  id: Type.String({ description: 'the id of a token of the account' }),
})

/** What makes a token. */
export const CreateToken = Type.Object(
  {
    name: tokenName,
    expiresAt: Type.Optional(moment),
    audiences: Type.Optional(audiences),
  },
  closed,
)

/** What renames one. */
export const RenameToken = Type.Object({ name: tokenName }, closed)

/** What puts a new value in the place of that of one. */
export const RegenerateToken = Type.Object(
  {
    overlapSeconds: Type.Optional(
      Type.Integer({ minimum: 0, expected: 'a whole number of seconds, 0 or more' }),
    ),
    expiresAt: Type.Optional(moment),
  },
  closed,
)

const time = (description: string) => Type.String({ format: 'date-time', description })

const issuedMembers = {
  id: Type.String(),
  token: Type.String({ description: 'the value, for a Bearer header; shown this once' }),
  expiresAt: time('when it ends'),
}

/** A token with a value that was just made. */
export const IssuedToken = Type.Object({ ...issuedMembers, name: Type.String() })

/** A token with a value that was just put in the place of another. */
export const RegeneratedToken = Type.Object({
  ...issuedMembers,
  name: Type.String(),
  previousExpiresAt: time('when the former value ends'),
})

/** A token without its value. */
export const Token = Type.Object({
  id: Type.String(),
  name: Type.String(),
  audiences: Type.Array(Type.String(), { description: 'what it is for besides this server' }),
  createdAt: time('when it was made'),
  createdBy: Type.String(),
  expiresAt: time('when its value ends'),
  lastUsedAt: Type.Optional(time('when it was last used here')),
  lastUsedFrom: Type.Optional(Type.String({ description: 'the address of that use' })),
  state: Type.Enum([...tokenStates], {
    description: 'invalidated: the key that signed it is gone',
  }),
})

const expiry = (text: string | undefined) =>
  text === undefined ? {} : { expiresAt: momentOf('expiresAt', text) }

/** Some letters become several: what is stored is what is counted. */
function trimmed(given: string): string {
  const name = given.normalize('NFC').trim()
  if (name.length <= longestName) return name
  throw invalidParameter('name', `expected ${expectedName}`)
}

/** The query of a list of tokens. */
export const TokensQuery = Type.Object(
  {
    ...wholeListMembers,
    state: Type.Optional(Type.Enum([...tokenStates], { expected: tokenStates.join(', ') })),
  },
  { additionalProperties: false },
)

/** Which tokens are asked for. Fails with `request.invalid`. */
export function tokensAsked({ state, ...query }: Static<typeof TokensQuery>): TokensAsked {
  return { ...listAsked(query), ...(state && { state }) }
}

/** A token to be made, as the domain takes it. Fails with `request.invalid`. */
export function createTokenInput(given: Static<typeof CreateToken>): NewToken {
  const { name, expiresAt, audiences: wanted = [] } = given
  return { name: trimmed(name), audiences: wanted, ...expiry(expiresAt) }
}

/** What it shall be called. */
export function renameInput({ name }: Static<typeof RenameToken>): string {
  return trimmed(name)
}

/** A new value, as the domain takes it. Fails with `request.invalid`. */
export function regenerationInput(given: Static<typeof RegenerateToken>): Regeneration {
  return { overlapSeconds: given.overlapSeconds ?? 0, ...expiry(given.expiresAt) }
}

/** Which token a change is about, and what its caller demands of it. */
export function tokenTarget(
  { clientId, id }: Static<typeof OfToken>,
  conditions: Conditions,
): TokenTarget {
  return { clientId, id, demand: (state) => assertConditions(conditions, state) }
}
