import { authMethods } from '../../domain/accounts/account.ts'
import { accountStates } from '../../domain/accounts/states.ts'
import { authorTypes } from '../../domain/audit/company-entry.ts'
import { actorKinds } from '../../domain/audit/event.ts'
import { operations } from '../../domain/audit/operations.ts'
import { companyStates } from '../../domain/companies/company.ts'
import { Type } from '../../schema/type.ts'
import { standingMembers } from './list-replies.ts'

const text = (description: string) => Type.String({ description })
const time = (description: string) => Type.String({ format: 'date-time', description })
const oneOf = <const T extends string>(values: readonly T[]) => Type.Enum([...values])
const anyMembers = Type.Unsafe<Record<string, unknown>>({ type: 'object' })
const claims = Type.Array(Type.String(), {
  description: 'claims of its assertions that go into its tokens; absent: none',
})
const secret = text('shown this once')

/** A service account. */
export const ServiceAccount = Type.Object({
  clientId: Type.String(),
  name: Type.String(),
  description: Type.String(),
  state: oneOf(accountStates),
  tokenEndpointAuthMethod: oneOf(authMethods),
  permissions: Type.Array(Type.String()),
  audiences: Type.Array(Type.String()),
  defaultAudience: Type.Optional(text('what its tokens are for when none is asked for')),
  allowedCustomClaims: Type.Optional(claims),
  jwksUri: Type.Optional(text('where the account publishes its keys')),
  createdAt: time('when it was made'),
  createdBy: text('the client id of who made it'),
  updatedAt: time('when it was last changed'),
  ...standingMembers,
})

/** An account that was just made. */
export const CreatedAccount = Type.Object({
  clientId: Type.String(),
  clientSecret: Type.Optional(secret),
  kid: Type.Optional(text('the name of the key that came in')),
  clientIdIssuedAt: Type.Integer({ description: 'Unix seconds' }),
})

const placeMembers = {
  name: Type.String(),
  slug: text('made of the name; it stays when the name changes'),
  description: Type.String(),
  createdAt: time('when it was made'),
  createdBy: text(
    'the client id, or the id of the person, of who made it; companies read root for root accounts',
  ),
  updatedAt: time('when it was last changed'),
}

/** A company. */
export const Company = Type.Object({
  companyId: Type.String(),
  tenantId: text('the same id'),
  ...placeMembers,
  state: oneOf(companyStates),
})

const environmentMembers = {
  envId: Type.String(),
  label: text('its name'),
  namespace: text('a DNS label that no other environment has'),
}
const cluster = Type.Object({ namespace: text('the same namespace') })
const isProduction = Type.Boolean({ description: 'always false' })

/** A project with its environments, as far as they may be seen. */
export const Project = Type.Object({
  _id: text('the same as projectId'),
  projectId: Type.String(),
  companyId: Type.String(),
  tenantId: text('the same as companyId'),
  ...placeMembers,
  environments: Type.Array(Type.Object({ ...environmentMembers, cluster, isProduction })),
})

/** An environment of a project. */
export const Environment = Type.Object({
  ...environmentMembers,
  projectId: Type.String(),
  companyId: Type.String(),
  ...placeMembers,
})

/** The roles of somebody on a project and its environments. */
export const ProjectRoles = Type.Object({
  _id: text('the id of the project'),
  roles: Type.Array(Type.String()),
  environments: Type.Array(Type.Object({ envId: Type.String(), roles: Type.Array(Type.String()) })),
})

/** An account of a company that was just made. */
export const CreatedCompanyAccount = Type.Object({
  clientId: Type.String(),
  clientSecret: Type.Optional(secret),
  kid: Type.Optional(text('the name of the key that came in')),
  clientIdIssuedAt: Type.Integer({ description: 'Unix seconds' }),
  clientSecretExpiresAt: Type.Integer({ description: 'Unix seconds; 0: it does not expire' }),
  company: text('the id of its company'),
  projects: Type.Array(ProjectRoles),
})

/** An account of a company. */
export const CompanyAccount = Type.Object({
  clientId: Type.String(),
  name: Type.String(),
  description: Type.String(),
  state: oneOf(['enabled', 'disabled', 'DRAFT', 'TRASH', 'DELETED']),
  authMethod: oneOf(authMethods),
  companyRoles: Type.Array(Type.String()),
  projects: Type.Array(ProjectRoles),
  audiences: Type.Array(Type.String()),
  defaultAudience: Type.Optional(text('what its tokens are for when none is asked for')),
  allowedCustomClaims: Type.Optional(claims),
  jwksUri: Type.Optional(text('where the account publishes its keys')),
  lastLogin: text('a time (RFC 3339); empty when it never logged in'),
  createdAt: time('when it was made'),
  createdBy: text('who made it'),
  updatedAt: time('when it was last changed'),
  ...standingMembers,
})

/** What a change of roles answers. */
export const RolesUpdated = Type.Object({ statusCode: Type.Integer(), message: Type.String() })

/** What an account logs in with, without what is secret of it. */
export const Credential = Type.Object({
  id: Type.String(),
  name: Type.String(),
  type: oneOf(['client_secret', 'public_key']),
  state: oneOf(['active', 'expired']),
  createdAt: time('when it was made'),
  createdBy: text('the client id of who made it'),
  expiresAt: Type.Optional(time('from then on it is refused')),
  lastUsedAt: Type.Optional(time('when it last let somebody in')),
  lastUsedFrom: Type.Optional(text('the address that this came from')),
  kid: Type.Optional(text('the name of the key')),
  publicKey: Type.Optional(anyMembers),
  pepperId: Type.Optional(text('the pepper that a secret cannot be checked without')),
})

/** A credential that was just added. */
export const AddedCredential = Type.Object({
  id: Type.String(),
  clientSecret: Type.Optional(secret),
  kid: Type.Optional(text('the name of the key that came in')),
  expiresAt: Type.Optional(time('from then on it is refused')),
})

/** A secret that has taken the place of another. */
export const RotatedSecret = Type.Object({
  id: Type.String(),
  clientSecret: secret,
  previousExpiresAt: time('until then the former secret is good'),
  previous: Type.Array(
    Type.Object({ id: Type.String(), expiresAt: time('from then on it is refused') }),
    { description: 'each secret that was good until now' },
  ),
  expiresAt: Type.Optional(time('from then on it is refused')),
})

/** A client key, without its value. */
export const ClientKey = Type.Object({
  id: Type.String(),
  name: Type.String(),
  state: oneOf(['enabled', 'disabled']),
  createdAt: time('when it was made'),
  createdBy: text('the client id of who made it'),
  pepperId: text('the pepper that it cannot be checked without'),
  expiresAt: Type.Optional(time('from then on it is refused')),
  lastUsedAt: Type.Optional(time('when an application last named itself with it')),
  lastUsedFrom: Type.Optional(text('the address that this came from')),
})

/** A client key that was just made. */
export const CreatedClientKey = Type.Object({
  id: Type.String(),
  clientKey: text('shown this once'),
  expiresAt: Type.Optional(time('from then on it is refused')),
})

const actor = { kind: oneOf(actorKinds), id: Type.String(), name: Type.String() }

/** What needs a pepper, which is named by a digest of it. */
export const Pepper = Type.Object({
  id: Type.String(),
  state: oneOf(['current', 'retired', 'missing', 'foreign']),
  isNeeded: Type.Boolean({ description: 'whether anything is refused without it' }),
  secrets: Type.Integer({ description: 'how many secrets need it' }),
  clientKeys: Type.Integer({ description: 'how many client keys need it' }),
  accounts: Type.Array(Type.Object({ clientId: Type.String(), name: Type.String() }), {
    description: 'the accounts of these secrets; at most 100 of them',
  }),
})

/** One entry of the audit log, chained to the one before. */
export const AuditEntry = Type.Object({
  seq: Type.Integer(),
  id: Type.String(),
  at: time('when it was done'),
  action: Type.String(),
  actor: Type.Object({
    ...actor,
    of: Type.Optional(
      Type.Array(Type.String(), { description: 'what of the scope the actor belonged to' }),
    ),
    impersonatedBy: Type.Optional(
      Type.Object(actor, { description: 'who stood behind the actor, and acted in its name' }),
    ),
  }),
  target: Type.Object({ kind: Type.String(), id: Type.String(), name: Type.String() }),
  requestId: Type.String(),
  scope: Type.Optional(Type.Array(Type.String())),
  before: Type.Optional(anyMembers),
  after: Type.Optional(anyMembers),
  previousHash: Type.String(),
  hash: text('covers the entry and previousHash'),
})

/** One entry of the audit log as a company sees it. */
export const CompanyAuditEntry = Type.Object({
  id: Type.String(),
  date: time('when it was done'),
  author: text('a client id, the id of a person, platform, or anonymous'),
  authorName: Type.String(),
  identityType: Type.Enum([...authorTypes]),
  operation: Type.Enum([...operations]),
  action: Type.String(),
  resourceType: Type.String(),
  resourceId: Type.String(),
  target: text('what it was done to is called'),
  scope: text('the place that it belongs to, such as company:<id> or project:<id>'),
  before: Type.Optional(anyMembers),
  after: Type.Optional(anyMembers),
  requestId: Type.String(),
})

/** The body of every error of this dialect. */
export const ErrorBody = Type.Object({
  statusCode: Type.Integer(),
  error: text('the name of the status'),
  message: text('for people; it may change'),
  code: text('for programs; it is stable'),
  field: Type.Optional(text('the member, parameter or header at fault')),
})
