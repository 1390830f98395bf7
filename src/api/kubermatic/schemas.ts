import type { Static, TSchema } from 'typebox'
import { Type } from '../../schema/type.ts'

/** Whatever is not there is empty: what must not be is told by its own words. */
const text = (description: string) =>
  Type.Optional(
    Type.Unsafe<string | null>({
      type: ['string', 'null'],
      maxLength: 4096,
      description,
      expected: 'a text of at most 4096 characters',
    }),
  )

/** The same of a list: clients in Go write an empty one as null. */
const list = <S extends TSchema>(items: S, rest: object) =>
  Type.Optional(
    Type.Unsafe<readonly Static<S>[] | null>({ type: ['array', 'null'], items, ...rest }),
  )

/** A mail address: something before an at sign and something behind it, all of it seen. */
const email = Type.String({
  minLength: 3,
  maxLength: 254,
  pattern: '^[^\\s@\\p{C}]+@[^\\s@\\p{C}]+$',
  expected: 'a mail address of at most 254 characters',
})

/** What makes a project. Members that are not known are passed over, in all bodies of this dialect. */
export const CreateProject = Type.Object(
  {
    name: text('what it is called; others may be called so too'),
    users: list(email, {
      maxItems: 50,
      description: 'mail addresses of its owners; a person who makes it is one of them',
      expected: 'an array of at most 50 mail addresses',
    }),
    company: text("the id or the slug of a company; absent: the caller's own, else the usual one"),
  },
  { expected: 'a JSON object with name' },
)

/** What changes a project. */
export const UpdateProject = Type.Object(
  { name: text('what it is called') },
  { expected: 'a JSON object with name' },
)

const accountMembers = {
  name: text('what it is called; no other of the project is'),
  group: text('projectmanagers, editors or viewers'),
}

/** What makes a service account. */
export const CreateAccount = Type.Object(accountMembers, {
  expected: 'a JSON object with name and group',
})

/** What changes a service account. */
export const UpdateAccount = Type.Object(
  { id: text('its id, as in the path'), ...accountMembers },
  { expected: 'a JSON object with id, name and group' },
)

const tokenName = text('what it is called; no other of the account is, and it has 63 characters')

/** What makes a token. */
export const AddToken = Type.Object({ name: tokenName }, { expected: 'a JSON object with name' })

/** What puts a new value in the place of that of a token. */
export const RegenerateToken = Type.Object(
  { id: text('its id, as in the path'), name: tokenName },
  { expected: 'a JSON object with id and name' },
)

/** What renames a token. */
export const RenameToken = Type.Object({ name: tokenName }, { expected: 'a JSON object with name' })

const memberMembers = {
  email: text('a mail address'),
  projects: list(
    Type.Object(
      {
        id: text('the project, as in the path'),
        group: text('owners, projectmanagers, editors or viewers'),
      },
      { expected: 'an object of id and group' },
    ),
    { maxItems: 100, expected: 'an array with one object of id and group' },
  ),
}

/** What adds a person to a project. */
export const AddMember = Type.Object(memberMembers, {
  expected: 'a JSON object with email and projects',
})

/** What changes the group of a person in a project. */
export const UpdateMember = Type.Object(
  { id: text('the id of the person, as in the path'), ...memberMembers },
  { expected: 'a JSON object with id, email and projects' },
)
