import { checkAccess, checkEach } from '../../../domain/access/check.ts'
import { explainAccess } from '../../../domain/access/explain.ts'
import { listHolders } from '../../../domain/access/holders.ts'
import { Rows } from '../../../http/rows.ts'
import { Type } from '../../../schema/type.ts'
import {
  Answers,
  Explained,
  explainedView,
  HolderReply,
  HoldersQuery,
  holdersAsked,
  holderView,
  QuestionQuery,
  Questions,
  questionAsked,
  questionsAsked,
  questionsBytes,
} from '../access.ts'
import { listLinks } from '../links.ts'
import { route } from '../route.ts'

const root = '/api/access'

/** Questions about rights: whether somebody may do something, why, and who else. */
export const accessRoutes = [
  route({
    method: 'POST',
    path: `${root}/check`,
    name: 'checkAccess',
    summary: 'Ask whether somebody may do something: one question, or many',
    action: 'access.ask',
    leave: 'anybody',
    clientKey: 'optional',
    accepts: { limitBytes: questionsBytes },
    body: Questions,
    problems: ['permission.unknown', 'subject.not_found', 'resource.not_found'],
    replies: { 200: Answers },
    answer: async (context, { body }) => {
      const many = questionsAsked(body)
      if (!many) return [200, { allowed: await checkAccess(context, questionAsked(body)) }]
      const answers = await checkEach(context, many)
      return [200, { answers: answers.map((allowed) => ({ allowed })) }]
    },
  }),
  route({
    method: 'GET',
    path: `${root}/explain`,
    name: 'explainAccess',
    summary: 'Ask why somebody may do something, or what would let them',
    action: 'access.ask',
    leave: 'anybody',
    clientKey: 'optional',
    query: QuestionQuery,
    problems: ['permission.unknown', 'subject.not_found', 'resource.not_found'],
    replies: { 200: Explained },
    answer: async (context, { query }) => [200, explainedView(await explainAccess(context, query))],
  }),
  route({
    method: 'GET',
    path: `${root}/holders`,
    name: 'listHolders',
    summary: 'List everybody who may do something, and by what',
    action: 'access.ask',
    leave: 'anybody',
    clientKey: 'optional',
    query: HoldersQuery,
    problems: ['permission.unknown', 'resource.not_found'],
    replies: { 200: Type.Array(HolderReply) },
    headers: { Link: 'always', 'X-Total-Count': 'always' },
    answer: async (context, { query, place }) => {
      const page = await listHolders(context, holdersAsked(query))
      const holding = async (some: typeof page.items) => page.holding(some)
      return [200, Rows.read(page.items, holding, holderView), listLinks(place, query, page)]
    },
  }),
]
