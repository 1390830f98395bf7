import { Type } from 'typebox'
import { identityTypes } from '../../domain/identities/identity.ts'

const roles = Type.Array(Type.String())

const rolesOn = {
  roles: Type.Array(Type.String(), { description: 'those that are set there' }),
  effectiveRoles: Type.Array(Type.String(), {
    description: 'those, and what reaches it from elsewhere: all of it counts',
  }),
  inherited: Type.Array(
    Type.Object({
      role: Type.String(),
      source: Type.Enum(['company', 'project', 'group']),
      group: Type.Optional(Type.String({ description: 'the group that hands it on' })),
    }),
    { description: 'what reaches it from above it, and from groups' },
  ),
}

/** Somebody who can hold roles in a company, with those that are held. */
export const Identity = Type.Object({
  identityId: Type.String({ description: 'the id of a person or group, or a client id' }),
  name: Type.String(),
  identityType: Type.Enum([...identityTypes]),
  companyRoles: roles,
  projects: Type.Array(
    Type.Object({
      _id: Type.String({ description: 'the id of the project' }),
      ...rolesOn,
      environments: Type.Array(Type.Object({ envId: Type.String(), ...rolesOn })),
    }),
  ),
})
