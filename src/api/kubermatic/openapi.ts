import {
  describeRoutes,
  type Failing,
  type Paths,
  plainSchema,
  schemaRef,
} from '../../http/openapi.ts'
import { kubermaticWords } from './problems.ts'
import { ErrorBody } from './replies.ts'
import { kubermaticRoutes } from './routes.ts'

const failing: Failing = { words: kubermaticWords, body: schemaRef('KubermaticError') }

/** The schemas that the description of this dialect refers to. */
export const kubermaticSchemas = { KubermaticError: plainSchema(ErrorBody) }

/** Every route of this dialect, described from its declaration. */
export function kubermaticPaths(): Paths {
  return describeRoutes(kubermaticRoutes, failing)
}
