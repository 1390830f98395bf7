import type { Static } from 'typebox'
import type { Grant, Wanted } from '../../domain/access/decide.ts'
import type { Explanation } from '../../domain/access/explain.ts'
import type { Holder, HoldersQuery as HoldersWanted } from '../../domain/access/holders.ts'
import { idOf, levelOf, levels, type Place } from '../../domain/access/places.ts'
import type { Question } from '../../domain/access/question.ts'
import { identityTypes } from '../../domain/identities/identity.ts'
import { Problem } from '../../domain/problem.ts'
import { Type } from '../../schema/type.ts'
import { listAsked, wholeListMembers } from './list-queries.ts'
import { closed } from './schemas.ts'

const subject = Type.String({
  minLength: 1,
  maxLength: 256,
  expected: 'a client id, or the id of a person or group; who asks when absent',
})
const permission = Type.String({ minLength: 1, maxLength: 128, expected: 'a permission' })
const resource = Type.String({
  maxLength: 513,
  expected: 'the id of a company or a project, or projectId:envId; the root when absent',
})
const onWhat = { resource: Type.Optional(resource) }
const question = { subject: Type.Optional(subject), permission, ...onWhat }

/** So many questions can be asked at once. */
const mostQuestions = 1000

/** Every question at its longest. */
export const questionsBytes = 1024 * 1024

/** One question, or many. */
export const Questions = Type.Object(
  {
    ...question,
    permission: Type.Optional(permission),
    questions: Type.Optional(
      Type.Array(Type.Object(question, closed), {
        maxItems: mostQuestions,
        expected: `an array of at most ${mostQuestions} questions`,
      }),
    ),
  },
  { ...closed, expected: 'a JSON object with permission, or with questions' },
)

/** The query that asks why. */
export const QuestionQuery = Type.Object(question, closed)

/** The query that asks who. */
export const HoldersQuery = Type.Object({ permission, ...onWhat, ...wholeListMembers }, closed)

const answer = Type.Object({ allowed: Type.Boolean() })

/** Whether it is allowed; of many questions, in their order. */
export const Answers = Type.Union([
  answer,
  Type.Object({ answers: Type.Array(answer, { description: 'in the order of the questions' }) }),
])

const place = {
  level: Type.Enum([...levels]),
  resource: Type.String({ description: 'as it is asked about; empty for the root' }),
}

const GrantReply = Type.Object({
  kind: Type.Enum(['permission', 'role']),
  role: Type.Optional(Type.String()),
  ...place,
  group: Type.Optional(Type.String({ description: 'the group that hands it on' })),
})

const Tried = Type.Object({
  tried: Type.Array(Type.Object({ permission: Type.String(), ...place }), {
    description: 'what was looked for, from the root down',
  }),
  wouldSuffice: Type.Optional(
    Type.Object(
      { role: Type.String(), ...place },
      { description: 'the least of the six roles, as far down as one is enough' },
    ),
  ),
  inactive: Type.Optional(Type.Boolean({ description: 'there where they may not log in' })),
})

/** Why something is allowed, or is not. */
export const Explained = Type.Object({
  allowed: Type.Boolean(),
  why: Type.Union([Type.Object({ grant: GrantReply }), Tried]),
})

/** Somebody who may do something. */
export const HolderReply = Type.Object({
  identityId: Type.String({ description: 'the id of a person or group, or a client id' }),
  identityType: Type.Enum([...identityTypes]),
  name: Type.String(),
  grant: GrantReply,
})

/** The questions of a request; undefined where it is one by itself. Fails with `request.invalid`. */
export function questionsAsked(given: Static<typeof Questions>): readonly Question[] | undefined {
  const { questions, ...single } = given
  if (questions === undefined || Object.keys(single).length === 0) return questions
  const said = 'questions: expected alone, each with a permission and subject of its own'
  throw new Problem('request.invalid', { field: 'questions', said })
}

/** The one question of a request. Fails with `request.invalid`. */
export function questionAsked({ permission: asked, ...rest }: Static<typeof Questions>): Question {
  if (asked !== undefined) return { ...rest, permission: asked }
  const said = 'permission: is missing; expected a permission, or questions in its place'
  throw new Problem('request.invalid', { field: 'permission', said })
}

/** Who is asked about, and which part of the list. Fails with `request.invalid`. */
export function holdersAsked(query: Static<typeof HoldersQuery>): HoldersWanted {
  const { permission: asked, resource: on } = query
  return { permission: asked, resource: on, ...listAsked(query) }
}

const placeView = (on: Place) => ({ level: levelOf(on), resource: idOf(on) })

function grantView({ on, by }: Grant) {
  if (by.kind === 'permission') return { kind: by.kind, ...placeView(on) }
  const { role, group } = by
  return { kind: by.kind, role, ...placeView(on), ...(group !== undefined && { group }) }
}

const triedView = ({ on, permission: wanted }: Wanted) => ({ permission: wanted, ...placeView(on) })

function grantOf({ grant }: Extract<Explanation, { readonly allowed: true }>) {
  return grant === 'system'
    ? { kind: 'permission' as const, ...placeView('root') }
    : grantView(grant)
}

/** Why something is allowed, or is not. */
export function explainedView(explanation: Explanation) {
  if (explanation.allowed) return { allowed: true, why: { grant: grantOf(explanation) } }
  const { tried, wouldSuffice: least, isActive } = explanation
  const why = {
    tried: tried.map(triedView),
    ...(least && { wouldSuffice: { role: least.role, ...placeView(least.on) } }),
    ...(!isActive && { inactive: true }),
  }
  return { allowed: false, why }
}

/** Somebody who may do something. */
export function holderView({ identity: { id, type, name }, grant }: Holder) {
  return { identityId: id, identityType: type, name, grant: grantView(grant) }
}
