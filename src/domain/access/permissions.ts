/** What lets its holder do something in the whole installation: granted directly, never by a role. */
const rootPermissions = {
  'console.root.company.create': 'create companies',
  'console.root.company.delete': 'delete any company, disable and enable it',
  'console.root.project.create': 'create projects in any company',
  'console.root.project.details.update': 'edit the data of any company, project and environment',
  'console.root.project.delete': 'delete any project',
  'console.root.view': 'see everything in every company, root accounts, and the audit log',
  'console.root.user.bind': 'give and take any role anywhere; manage custom roles and groups',
  'console.root.user.manage': 'invite and remove people, and trust their issuers',
  'console.root.serviceaccount.manage': 'create, change and delete service accounts',
  'console.root.templates.manage': 'manage project templates (for other services)',
  'console.root.features.manage': 'manage features (for other services)',
  'marketplace.root.manage': 'manage the marketplace (for other services)',
} as const satisfies Record<string, string>

/** What a role that is held on a company can let its holder do there and in all its projects. */
export const companyPermissions = {
  'console.company.view': 'see basic company data',
  'console.company.details.update': 'edit company data',
  'console.company.project.create': 'create projects',
  'console.company.project.view': 'see all projects',
  'console.company.project.environment.view': 'see all environments of all projects',
  'console.company.project.service.repository.create':
    'create a service repository in any project (for other services)',
  'console.company.project.configuration.update':
    'commit configuration of any project (for other services)',
  'console.company.project.secreted_variables.manage':
    'manage secret variables of any project (for other services)',
  'console.company.project.environment.deploy.trigger':
    'deploy any environment (for other services)',
  'console.company.project.environment.k8s.pod.delete':
    'restart pods anywhere (for other services)',
  'console.company.project.environment.k8s.job.delete': 'delete jobs anywhere (for other services)',
  'console.company.project.environment.k8s.job.create': 'create jobs anywhere (for other services)',
  'console.company.project.environment.dashboard.manage':
    'manage dashboards anywhere (for other services)',
  'console.company.users.manage': 'manage identities: people, groups, service accounts and roles',
  'console.company.project.details.update': 'edit data and environments of any project',
  'console.company.project.users.manage': 'manage identities of any project',
  'console.company.delete': 'delete the company, disable and enable it',
  'console.company.project.delete': 'delete any project',
  'console.company.providers.manage': 'manage providers (for other services)',
  'console.company.providers.view': 'see providers (for other services)',
  'console.company.cluster.manage': 'manage clusters (for other services)',
  'console.company.cluster.view': 'see clusters (for other services)',
  'console.company.templates.manage': 'manage project templates (for other services)',
  'console.company.configuration.views.manage':
    'manage views of the design overview (for other services)',
  'marketplace.company.resources.view': 'see marketplace items (for other services)',
  'marketplace.company.resources.manage': 'manage marketplace items (for other services)',
  'console.company.project.configuration.version.delete':
    'delete configuration versions of any project (for other services)',
} as const satisfies Record<string, string>

/** What a role that is held on one project can let its holder do there. */
export const projectPermissions = {
  'console.project.view': 'see the project',
  'console.project.environment.view': 'see its environments',
  'console.project.service.repository.create': 'create a service repository (for other services)',
  'console.project.configuration.update': 'commit configuration (for other services)',
  'console.project.details.update': 'edit its data and environments',
  'console.project.configuration.version.delete':
    'delete configuration versions (for other services)',
  'console.project.secreted_variables.manage': 'manage secret variables (for other services)',
  'console.project.environment.deploy.trigger':
    'deploy any of its environments (for other services)',
  'console.project.environment.k8s.pod.delete':
    'restart pods of its environments (for other services)',
  'console.project.environment.k8s.job.delete':
    'delete jobs of its environments (for other services)',
  'console.project.environment.k8s.job.create':
    'create jobs in its environments (for other services)',
  'console.project.environment.dashboard.manage':
    'manage dashboards of its environments (for other services)',
  'console.project.users.manage': 'manage the roles of identities on it',
  'console.project.delete': 'delete the project',
} as const satisfies Record<string, string>

/** What a role that is held on one environment can let its holder do there. */
export const environmentPermissions = {
  'console.environment.view': 'see the environment',
  'console.environment.deploy.trigger': 'deploy it (for other services)',
  'console.environment.k8s.job.delete': 'delete its jobs (for other services)',
  'console.environment.k8s.job.create': 'create jobs in it (for other services)',
  'console.environment.k8s.pod.delete': 'restart its pods (for other services)',
  'console.environment.dashboard.manage': 'manage its dashboards (for other services)',
} as const satisfies Record<string, string>

/** Every permission there is, with what it lets its holder do. */
export const permissions = {
  ...rootPermissions,
  ...companyPermissions,
  ...projectPermissions,
  ...environmentPermissions,
} as const

/** The name of a permission. */
export type Permission = keyof typeof permissions

/** The name of a permission that is granted directly, for the whole installation. */
export type RootPermission = keyof typeof rootPermissions

/** The name of a permission that roles on companies hold. */
export type CompanyPermission = keyof typeof companyPermissions

/** The name of a permission that roles on projects and environments hold. */
export type LowerPermission = keyof typeof projectPermissions | keyof typeof environmentPermissions

/** Whether a text names a permission. */
export function isPermission(text: string): text is Permission {
  return Object.hasOwn(permissions, text)
}

/** Whether a text names a permission that can be granted directly, for the whole installation. */
export function isRootPermission(text: string): text is RootPermission {
  return Object.hasOwn(rootPermissions, text)
}

/** Every permission there is. */
export const permissionNames: readonly Permission[] = Object.keys(permissions).filter(isPermission)

/** Every permission that can be granted directly, for the whole installation. */
export const rootPermissionNames: readonly RootPermission[] =
  Object.keys(rootPermissions).filter(isRootPermission)
