/** Whoever manages people, and whom to believe who they are. */
export const byPeopleManagers = { root: ['console.root.user.manage'] } as const

/** Whoever sees all of them. */
export const byPeopleViewers = { root: ['console.root.view', 'console.root.user.manage'] } as const

/** Whoever makes roles and groups of a company. */
export const byRoleAuthors = {
  root: ['console.root.user.bind'],
  company: ['console.company.users.manage'],
} as const

/** Whoever gives and takes roles, on a company or below it. */
export const byBinders = {
  root: ['console.root.user.bind'],
  company: ['console.company.project.users.manage', 'console.company.users.manage'],
  project: ['console.project.users.manage'],
} as const

/** What the server does by itself, and lets nobody else do. */
export const bySystem = {} as const

const view = 'console.root.view'
const manage = 'console.root.serviceaccount.manage'

/** Whoever manages the service accounts of the root, or of a company. */
export const byManagers = { root: [manage], company: ['console.company.users.manage'] } as const

/** Whoever sees them. */
export const byViewers = { root: [manage, view], company: ['console.company.view'] } as const

/** Whoever sees what is of the root. */
export const byRootViewers = { root: [manage, view] } as const

/** Whoever manages the identities of a project. */
export const byProjectManagers = {
  root: [manage],
  company: ['console.company.users.manage', 'console.company.project.users.manage'],
  project: ['console.project.users.manage'],
} as const
