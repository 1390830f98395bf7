import { authMethods } from '../../domain/accounts/account.ts'
import { longestClaimName, mostCustomClaims } from '../../domain/accounts/custom-claims.ts'
import { Type } from '../../schema/type.ts'

/** No control characters and no halves of surrogate pairs: what it says is what is stored. */
const plain = '^[^\\p{Cc}\\p{Cs}]*$'

const text = (minLength: number, maxLength: number, expected: string) =>
  Type.String({ minLength, maxLength, pattern: plain, expected })
/** What things are called. */
export const name = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^(?=.*\\S)[^\\p{Cc}\\p{Cs}]*$',
  expected: 'a text of 1 to 128 characters, without control characters',
})
/** What is said of things. */
export const description = text(
  0,
  1024,
  'a text of at most 1024 characters, without control characters',
)
/** Permissions, as a list or as one text. */
export const permissions = Type.Unsafe<string | string[]>({
  anyOf: [
    { type: 'string', maxLength: 8192 },
    { type: 'array', maxItems: 100, items: { type: 'string', maxLength: 128 } },
  ],
  expected: 'an array of permissions, or one text with commas between them',
})
const audience = Type.String({
  minLength: 1,
  maxLength: 512,
  pattern: '^(?!\\*$)[\\x21-\\x7e]+$',
  expected: 'a text of 1 to 512 visible ASCII characters, and not *',
})
/** What tokens of an account may be for. */
export const audiences = Type.Array(audience, {
  maxItems: 50,
  uniqueItems: true,
  expected: 'an array of at most 50 different audiences',
})
const claimName = Type.String({
  minLength: 1,
  maxLength: longestClaimName,
  pattern: '^[\\x21-\\x7e]+$',
  expected: `a text of 1 to ${longestClaimName} visible ASCII characters`,
})
/** Claims that an account may say of itself. */
export const allowedCustomClaims = Type.Array(claimName, {
  maxItems: mostCustomClaims,
  uniqueItems: true,
  expected: `an array of at most ${mostCustomClaims} different names of claims`,
})
const audienceOrNone = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  maxLength: 512,
  expected: 'one of the audiences of the account, or null',
})
/** A public key; null and an empty JWK are none. */
export const publicKey = Type.Unsafe<string | Record<string, unknown> | null>({
  anyOf: [{ type: 'string', maxLength: 16_384 }, { type: 'object' }, { type: 'null' }],
  expected: 'a JWK or a PEM public key',
})
const jwksUri = Type.String({
  maxLength: 2048,
  pattern: '^https://[^\\s#\\p{C}]+$',
  expected: 'an https URL without a fragment or control characters',
})
/** A time, as it is written. */
export const moment = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?(Z|[+-]\\d{2}:\\d{2})$',
  expected: 'a time such as 2030-01-31T12:00:00Z (RFC 3339)',
})
const switchable = ['enabled', 'disabled'] as const
/** Whether a thing works. */
export const state = Type.Unsafe<(typeof switchable)[number]>({
  enum: switchable,
  expected: switchable.join(' or '),
})
/** A role, by its name or its id. */
export const roleName = Type.String({
  maxLength: 128,
  expected: 'a role, or nothing to take it away',
})
/** The id of something. */
export const id = Type.String({ minLength: 1, maxLength: 256, expected: 'an id' })
const projectsRole = Type.Array(
  Type.Object(
    {
      projectId: id,
      role: Type.Optional(roleName),
      environmentsRole: Type.Optional(
        Type.Array(
          Type.Object(
            { envId: id, role: roleName },
            { additionalProperties: false, expected: 'an object with envId and role' },
          ),
          { maxItems: 1000, expected: 'an array of at most 1000 environments with their roles' },
        ),
      ),
    },
    {
      additionalProperties: false,
      expected: 'an object with projectId, and role or environmentsRole',
    },
  ),
  { maxItems: 1000, expected: 'an array of at most 1000 projects with their roles' },
)
/** The members that set roles. */
export const roleMembers = {
  role: Type.Optional(roleName),
  projectsRole: Type.Optional(projectsRole),
}

/** The members of a request that set roles. */
export const RoleMembers = Type.Object(roleMembers)
/** An object that has no other members. */
export const closed = { additionalProperties: false, expected: 'a JSON object' }

const newAccount = {
  description: Type.Optional(description),
  tokenEndpointAuthMethod: Type.Unsafe<(typeof authMethods)[number]>({
    enum: authMethods,
    expected: authMethods.join(' or '),
  }),
  audiences: Type.Optional(audiences),
  defaultAudience: Type.Optional(audience),
  allowedCustomClaims: Type.Optional(allowedCustomClaims),
  publicKey: Type.Optional(publicKey),
  jwksUri: Type.Optional(jwksUri),
  jwks_uri: Type.Optional(jwksUri),
  expiresAt: Type.Optional(moment),
}

/** What creates an account of root. */
export const CreateAccount = Type.Object({ name, permissions, ...newAccount }, closed)

/** What creates an account of a company. */
export const CreateCompanyAccount = Type.Object({ name, ...newAccount, ...roleMembers }, closed)

const companyAccountStates = ['enabled', 'disabled', 'DRAFT', 'PUBLIC'] as const

/** What changes an account of a company, and its roles; what is absent stays. */
export const PatchCompanyAccount = Type.Object(
  {
    name: Type.Optional(name),
    description: Type.Optional(description),
    audiences: Type.Optional(audiences),
    defaultAudience: Type.Optional(audienceOrNone),
    allowedCustomClaims: Type.Optional(allowedCustomClaims),
    state: Type.Optional(
      Type.Unsafe<(typeof companyAccountStates)[number]>({
        enum: companyAccountStates,
        expected: companyAccountStates.join(' or '),
      }),
    ),
    ...roleMembers,
  },
  {
    ...closed,
    minProperties: 1,
    expected:
      'a JSON object with role, projectsRole, name, description, audiences, defaultAudience, allowedCustomClaims or state',
  },
)

/** What creates a company, a project or an environment. */
export const CreatePlace = Type.Object({ name, description: Type.Optional(description) }, closed)

/** What changes a project or an environment; what is absent stays. */
export const PatchPlace = Type.Object(
  { name: Type.Optional(name), description: Type.Optional(description) },
  { ...closed, minProperties: 1, expected: 'a JSON object with name or description' },
)

/** What changes a company; what is absent stays. */
export const PatchCompany = Type.Object(
  {
    name: Type.Optional(name),
    description: Type.Optional(description),
    state: Type.Optional(state),
  },
  { ...closed, minProperties: 1, expected: 'a JSON object with name, description or state' },
)

/** What changes an account; what is absent stays. */
export const PatchAccount = Type.Object(
  {
    name: Type.Optional(name),
    description: Type.Optional(description),
    permissions: Type.Optional(permissions),
    audiences: Type.Optional(audiences),
    defaultAudience: Type.Optional(audienceOrNone),
    allowedCustomClaims: Type.Optional(allowedCustomClaims),
    state: Type.Optional(state),
  },
  {
    ...closed,
    minProperties: 1,
    expected:
      'a JSON object with name, description, permissions, audiences, defaultAudience, allowedCustomClaims or state',
  },
)

/** What adds a secret or a key to an account. */
export const AddCredential = Type.Object(
  {
    name: Type.Optional(name),
    expiresAt: Type.Optional(moment),
    publicKey: Type.Optional(publicKey),
  },
  closed,
)

/** What rotates the secret of an account. */
export const Rotate = Type.Object(
  {
    overlapSeconds: Type.Integer({ minimum: 0, expected: 'a whole number of seconds, 0 or more' }),
    expiresAt: Type.Optional(moment),
    name: Type.Optional(name),
  },
  closed,
)

/** What makes a client key. */
export const CreateClientKey = Type.Object({ name, expiresAt: Type.Optional(moment) }, closed)

/** What changes a client key; what is absent stays. */
export const PatchClientKey = Type.Object(
  { name: Type.Optional(name), state: Type.Optional(state) },
  { ...closed, minProperties: 1, expected: 'a JSON object with name or state' },
)
