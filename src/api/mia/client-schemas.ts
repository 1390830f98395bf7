import { authMethods } from '../../domain/accounts/account.ts'
import { Type } from '../../schema/type.ts'
import {
  allowedCustomClaims,
  audiences,
  closed,
  id,
  name,
  permissions,
  publicKey,
} from './schemas.ts'
import { engineStates } from './states.ts'

/** What the console's own engine lets be null. */
const orNull = (list: Readonly<Record<string, unknown>>) =>
  Type.Optional(
    Type.Unsafe<readonly string[] | null>({
      anyOf: [list, { type: 'null' }],
      expected: `${list['expected']}, or null`,
    }),
  )
const method = Type.Unsafe<(typeof authMethods)[number]>({
  enum: authMethods,
  expected: authMethods.join(' or '),
})
const state = Type.Unsafe<(typeof engineStates)[number]>({
  enum: engineStates,
  expected: engineStates.join(', '),
})
const mostMetadata = 20
const metadataNames = 'names of 1 to 64 characters of A-Z a-z 0-9 - _'
/** Names that no store and no reader takes for anything else. */
const metadata = Type.Unsafe<Readonly<Record<string, string>>>({
  type: 'object',
  maxProperties: mostMetadata,
  propertyNames: { pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$', expected: metadataNames },
  additionalProperties: {
    type: 'string',
    maxLength: 512,
    pattern: '^[^\\p{Cc}\\p{Cs}]*$',
    expected: 'a text of at most 512 characters, without control characters',
  },
  expected: `an object of at most ${mostMetadata} texts of at most 512 characters, by ${metadataNames}`,
})

const registered = {
  client_name: name,
  token_endpoint_auth_method: Type.Optional(method),
  public_key: Type.Optional(publicKey),
}

/** How clients are registered with what the rest of this dialect calls otherwise. */
export const registeredAs = {
  name: 'client_name',
  publicKey: 'public_key',
  tokenEndpointAuthMethod: 'token_endpoint_auth_method',
  audiences: 'audience',
}

/** What registers a client. */
export const RegisterClient = Type.Object(registered, closed)

const granted = {
  permissions: Type.Optional(permissions),
  audience: orNull({ ...audiences }),
  allowedCustomClaims: orNull({ ...allowedCustomClaims }),
  metadata: Type.Optional(metadata),
}

/** What makes a client that may do something. */
export const CreateClient = Type.Object(
  { ...registered, ...granted, companyId: Type.Optional(id), __STATE__: Type.Optional(state) },
  closed,
)

const patch = { name: Type.Optional(name), ...granted }
const expected = 'an object with name, permissions, audience, allowedCustomClaims or metadata'

/** What changes a client: members, or `$set` with the same. */
export const PatchClient = Type.Object(
  {
    ...patch,
    $set: Type.Optional(Type.Object(patch, { ...closed, minProperties: 1, expected })),
  },
  { ...closed, minProperties: 1, expected: `${expected}, or with $set and such an object in it` },
)

/** What moves a client to another state. */
export const MoveClient = Type.Object({ stateTo: state }, closed)

const text = (description: string) => Type.String({ description })

/** A client that was just made (RFC 7591 §3.2.1). */
export const CreatedClient = Type.Object({
  client_id: Type.String(),
  client_secret: Type.Optional(text('shown this once')),
  client_secret_expires_at: Type.Optional(
    Type.Integer({ description: '0: the secret does not expire' }),
  ),
  client_id_issued_at: Type.Integer({ description: 'Unix seconds' }),
  kid: Type.Optional(text('the name that was made for the key, where it came without one')),
})

/** A client, as the collection of the console's own engine has it. */
export const Client = Type.Object({
  _id: text('the client id'),
  clientId: Type.String(),
  name: Type.String(),
  authMethod: Type.Enum([...authMethods]),
  permissions: Type.Array(Type.String()),
  audience: Type.Array(Type.String()),
  allowedCustomClaims: Type.Array(Type.String()),
  publicKey: Type.Optional(Type.Unsafe<Record<string, unknown>>({ type: 'object' })),
  metadata: Type.Unsafe<Readonly<Record<string, string>>>({ type: 'object' }),
  companyId: Type.Optional(text('the id of its company; absent: it is of root')),
  lastLogin: text('a time (RFC 3339); empty when it never logged in'),
  creatorId: text('who made it'),
  createdAt: Type.String({ format: 'date-time' }),
  updatedAt: Type.String({ format: 'date-time' }),
  __STATE__: Type.Enum([...engineStates]),
})
