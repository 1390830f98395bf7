import type { Context } from '../../domain/context.ts'
import { routesOf } from '../../http/route.ts'
import { Type } from '../../schema/type.ts'

/** Declares a route for whoever holds a token for this server. */
export const route = routesOf<Context>('bearer')

/** Where this dialect begins. */
export const projectsPath = '/api/v1/projects'

const projectId = Type.String({ description: 'the id of a project' })

/** The parameters of a path of one project. */
export const OfProject = Type.Object({ projectId })

/** The parameters of a path of one service account of a project. */
export const OfAccount = Type.Object({
  projectId,
  clientId: Type.String({ description: 'the id of a service account: its client id' }),
})

/** The parameters of a path of one token of a service account. */
export const OfToken = Type.Object({
  ...OfAccount.properties,
  id: Type.String({ description: 'the id of a token' }),
})

/** The parameters of a path of one person of a project. */
export const OfMember = Type.Object({
  projectId,
  userId: Type.String({ description: 'the id of a person' }),
})
