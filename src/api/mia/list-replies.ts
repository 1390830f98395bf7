import { identityTypes } from '../../domain/identities/identity.ts'
import { Type } from '../../schema/type.ts'

const time = (description: string) => Type.String({ format: 'date-time', description })

/** What a page shows beside an account. */
export const standingMembers = {
  liveCredentials: Type.Optional(Type.Integer({ description: 'how many of them are good' })),
  nextExpiresAt: Type.Optional(time('when the next of them ends that no rotation put out of use')),
  lastUsedAt: Type.Optional(time('when it last logged in')),
  rotating: Type.Optional(
    Type.Boolean({ description: 'whether a secret is good that another took the place of' }),
  ),
}

const allRoles = {
  effectiveRoles: Type.Array(Type.String(), {
    description: 'those, and what reaches it from elsewhere, as far as it grants anything',
  }),
  inherited: Type.Array(
    Type.Object({
      role: Type.String(),
      source: Type.Enum(['company', 'project', 'group']),
      group: Type.Optional(Type.String({ description: 'the group that hands it on' })),
    }),
    { description: 'what reaches it from above it, and from the first hundred groups' },
  ),
}

const rolesOn = {
  roles: Type.Array(Type.String(), { description: 'those that are set there' }),
  ...allRoles,
}

const environments = (description: string) =>
  Type.Array(Type.Object({ envId: Type.String(), ...rolesOn }), { description })

/** Somebody who can hold roles in a company, with those that are held. */
export const Identity = Type.Object({
  identityId: Type.String({ description: 'the id of a person or group, or a client id' }),
  name: Type.String(),
  identityType: Type.Enum([...identityTypes]),
  companyRoles: Type.Array(Type.String(), { description: 'those that are set on the company' }),
  ...allRoles,
  projects: Type.Array(
    Type.Object({
      _id: Type.String({ description: 'the id of the project' }),
      ...rolesOn,
      environments: environments('those where a role is set'),
      inheritedEnvironments: environments(
        'those where none is set and one counts: by a group, or from above it where the project was named',
      ),
    }),
  ),
})

/** The claims of an access token (RFC 9068 §2.2). */
export const TokenClaims = Type.Unsafe<Record<string, unknown>>({ type: 'object' })

/** How many accounts there are for one reason, and the first ten. */
const section = (at: string) =>
  Type.Object({
    count: Type.Integer(),
    first: Type.Array(
      Type.Object({
        clientId: Type.String(),
        name: Type.String(),
        at: time(at),
        credentialId: Type.Optional(
          Type.String({ description: 'the credential that it is about' }),
        ),
        lastUsedFrom: Type.Optional(Type.String({ description: 'the address of that use' })),
        refusals: Type.Optional(Type.Integer({ description: 'how many logins were refused' })),
      }),
      { maxItems: 10 },
    ),
  })

/** What of some accounts somebody should look at. */
export const Attention = Type.Object({
  expiring: section('when a credential ends, within 30 days'),
  unused: section('when it was last used, or else made: over 90 days ago'),
  rotating: section('when a secret was last used that another had taken the place of'),
  drafts: section('when it was made; it waits to be approved'),
  refusedLogins: section('when a login was last refused, within 24 hours'),
})
