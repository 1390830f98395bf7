import { refuseAtEdge } from '../api/kubermatic/errors.ts'
import { kubermaticApp } from '../api/kubermatic/router.ts'
import { handlerOf } from '../http/management.ts'
import type { Dialect } from './dialect.ts'
import { managementOptions } from './management.ts'

/** Kubermatic's dialect: projects, their members, their service accounts. */
export const kubermaticDialect: Dialect = {
  prefixes: ['/api/v1', '/api/v1/'],
  clientKeys: 'open',
  open: (services) => handlerOf(kubermaticApp(managementOptions(services)), services.turns),
  refuse: refuseAtEdge,
}
