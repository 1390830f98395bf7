import { refuseAtEdge } from '../api/mia/errors.ts'
import { miaApp } from '../api/mia/router.ts'
import type { Handler } from '../http/listener.ts'
import { handlerOf } from '../http/management.ts'
import { liveClaims } from '../oauth/live-claims.ts'
import type { Dialect } from './dialect.ts'
import { managementOptions } from './management.ts'
import { openRegistration } from './registration.ts'
import { rightsIn } from './rights-in.ts'
import type { Services } from './services.ts'

function openMia(services: Services): Handler {
  const { clientKeys, directory } = services
  const rights = rightsIn(directory)
  const app = miaApp({
    ...managementOptions(services),
    clientKeys: clientKeys.options,
    checkOpen: clientKeys.checkOpen,
    registration: openRegistration(services),
    live: (checked) => liveClaims(checked, rights),
  })
  return handlerOf(app, services.turns)
}

/** Mia-Platform Console's dialect; it also answers every path that no other dialect has. */
export const miaDialect: Dialect = {
  prefixes: ['/'],
  clientKeys: 'own',
  open: openMia,
  refuse: refuseAtEdge,
}
