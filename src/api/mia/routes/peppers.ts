import { pepperStatus } from '../../../domain/peppers/status.ts'
import { Type } from '../../../schema/type.ts'
import { Pepper } from '../replies.ts'
import { route } from '../route.ts'
import * as view from '../views.ts'

/** The peppers: what still needs which. Whoever lost the last client key can ask too. */
export const pepperRoutes = [
  route({
    method: 'GET',
    path: '/api/peppers',
    name: 'listPeppers',
    summary: 'Tell how many secrets and client keys need which pepper',
    action: 'pepper.list',
    clientKey: 'optional',
    replies: { 200: Type.Array(Pepper) },
    answer: async (context) => [200, (await pepperStatus(context)).map(view.pepper)],
  }),
]
