import { Type } from '../../schema/type.ts'

const time = (description: string) =>
  Type.String({ format: 'date-time', description: `${description}, without fractions of a second` })

/** How this dialect says what went wrong. */
export const ErrorBody = Type.Object({
  error: Type.Object({
    code: Type.Integer({ description: 'the status' }),
    message: Type.String(),
    details: Type.Optional(Type.Array(Type.String())),
  }),
})

const Owner = Type.Object({
  name: Type.String(),
  creationTimestamp: time('no time at all'),
  email: Type.String(),
})

const status = Type.Unsafe<'Active' | 'Inactive'>({
  type: 'string',
  enum: ['Active', 'Inactive'],
  description: 'Inactive as long as it is only just being made',
})

/** A project, as this dialect shows it. */
export const Project = Type.Object({
  id: Type.String(),
  name: Type.String(),
  creationTimestamp: time('when it was made'),
  status,
  owners: Type.Array(Owner),
  clustersNumber: Type.Integer({ description: 'there are no clusters here' }),
})

/** A service account of a project, as this dialect shows it. */
export const ServiceAccount = Type.Object({
  id: Type.String({ description: 'a client id' }),
  name: Type.String(),
  creationTimestamp: time('when it was made'),
  status,
  group: Type.String({ description: 'a group with the id of the project behind it' }),
})

const tokenMembers = {
  id: Type.String(),
  name: Type.String(),
  creationTimestamp: time('when it was made'),
  expiry: time('when it ends'),
}

/** A token, as this dialect lists it. */
export const PublicToken = Type.Object({
  ...tokenMembers,
  invalidated: Type.Optional(
    Type.Boolean({
      description: 'whether the key that signed it is gone: regenerate or delete it',
    }),
  ),
})

/** A token with the value that was just made of it. */
export const FullToken = Type.Object({
  ...tokenMembers,
  token: Type.String({ description: 'for a Bearer header; shown this once' }),
})

/** A person of a project, as this dialect shows them. */
export const Member = Type.Object({
  id: Type.String(),
  name: Type.String(),
  creationTimestamp: time('when they became known'),
  email: Type.String(),
  projects: Type.Array(Type.Object({ id: Type.String(), group: Type.String() })),
})

/** What is answered where something is gone. */
export const Empty = Type.Object({})
