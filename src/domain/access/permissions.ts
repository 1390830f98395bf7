/** Root permissions: granted directly to a root account, never through a role. */
export const permissions = {
  'console.root.company.create': 'create companies',
  'console.root.company.delete': 'delete any company',
  'console.root.project.create': 'create projects in any company',
  'console.root.project.details.update': 'edit the data of any project',
  'console.root.project.delete': 'delete any project',
  'console.root.view': 'see everything in every company, and the audit log',
  'console.root.user.bind': 'manage roles, groups and bindings',
  'console.root.user.manage': 'create and delete users',
  'console.root.serviceaccount.manage': 'create, change and delete root service accounts',
  'console.root.templates.manage': 'manage project templates',
  'console.root.features.manage': 'manage features',
  'marketplace.root.manage': 'manage the marketplace',
} as const satisfies Record<string, string>

/** The name of a permission. */
export type Permission = keyof typeof permissions

/** Whether a text names a permission. */
export function isPermission(text: string): text is Permission {
  return Object.hasOwn(permissions, text)
}

/** Every permission there is. */
export const permissionNames: readonly Permission[] = Object.keys(permissions).filter(isPermission)
