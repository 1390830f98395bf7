import {
  describeRoutes,
  type Failing,
  type Paths,
  plainSchema,
  schemaRef,
} from '../../http/openapi.ts'
import { miaWords } from './problems.ts'
import { ErrorBody } from './replies.ts'
import { managementRoutes, openRoutes, strangerRoutes } from './routes.ts'

/** How this dialect fails, and every path that no other dialect has. */
export const miaFailing: Failing = { words: miaWords, body: schemaRef('Error') }

/** The schemas that the description of this dialect refers to. */
export const miaSchemas = { Error: plainSchema(ErrorBody) }

/** Every route of this dialect, described from its declaration. */
export function miaPaths(): Paths {
  return describeRoutes([...openRoutes, ...strangerRoutes, ...managementRoutes], miaFailing)
}
