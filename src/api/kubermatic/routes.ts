import { memberRoutes } from './routes/members.ts'
import { projectRoutes } from './routes/projects.ts'
import { serviceAccountRoutes } from './routes/service-accounts.ts'
import { tokenRoutes } from './routes/tokens.ts'

/** Every route of this dialect. */
export const kubermaticRoutes = [
  ...projectRoutes,
  ...memberRoutes,
  ...serviceAccountRoutes,
  ...tokenRoutes,
]
