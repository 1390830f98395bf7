import { accessRoutes } from './routes/access.ts'
import { accountRoutes } from './routes/accounts.ts'
import { attentionRoutes } from './routes/attention.ts'
import { auditRoutes } from './routes/audit.ts'
import { clientKeyRoutes } from './routes/client-keys.ts'
import { clientRoutes } from './routes/clients.ts'
import { companyRoutes } from './routes/companies.ts'
import { companyAccountRoutes } from './routes/company-accounts.ts'
import { companyAuditRoutes } from './routes/company-audit.ts'
import { companyUserRoutes } from './routes/company-users.ts'
import { credentialRoutes } from './routes/credentials.ts'
import { environmentRoutes } from './routes/environments.ts'
import { groupRoutes } from './routes/groups.ts'
import { identityRoutes } from './routes/identities.ts'
import { issuerRoutes } from './routes/issuers.ts'
import { pepperRoutes } from './routes/peppers.ts'
import { projectRoutes } from './routes/projects.ts'
import { registerRoutes } from './routes/register.ts'
import { revocationRoutes } from './routes/revocations.ts'
import { roleRoutes } from './routes/roles.ts'
import { tokeninfoRoutes } from './routes/tokeninfo.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { userRoutes } from './routes/users.ts'

/** Every route that asks for a token of this server, and for a permission. */
export const managementRoutes = [
  ...accountRoutes,
  ...credentialRoutes,
  ...clientKeyRoutes,
  ...issuerRoutes,
  ...pepperRoutes,
  ...auditRoutes,
  ...companyRoutes,
  ...projectRoutes,
  ...environmentRoutes,
  ...companyAccountRoutes,
  ...userRoutes,
  ...companyAuditRoutes,
  ...companyUserRoutes,
  ...groupRoutes,
  ...roleRoutes,
  ...accessRoutes,
  ...identityRoutes,
  ...attentionRoutes,
  ...tokenRoutes,
  ...revocationRoutes,
  ...clientRoutes,
]

/** Every route that looks at the token of its caller itself. */
export const openRoutes = [...tokeninfoRoutes]

/** Every route for whoever comes without a token. */
export const strangerRoutes = [...registerRoutes]
