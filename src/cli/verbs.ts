import type { Command } from 'commander'

type Adding = (program: Command) => void

/** Where the verbs of each name come from: to load all of them takes longer than what one does. */
export type Verbs = Readonly<Record<string, () => Promise<Adding>>>

/** All verbs, by what they need: a server that answers, or the settings and files of one. */
export const groups: Readonly<Record<string, Verbs>> = {
  'Over the network:': {
    'login logout profiles': async () => (await import('./commands/login.ts')).loginCommands,
    'token verify introspect revoke': async () =>
      (await import('./commands/tokens.ts')).tokenCommands,
    agent: async () => (await import('./commands/agent.ts')).agentCommand,
    accounts: async () => (await import('./commands/accounts.ts')).accountsCommand,
    credentials: async () => (await import('./commands/credentials.ts')).credentialsCommand,
    tokens: async () => (await import('./commands/project-tokens.ts')).projectTokensCommand,
    pepper: async () => (await import('./commands/pepper.ts')).pepperCommand,
    'client-keys': async () => (await import('./commands/client-keys.ts')).clientKeysCommand,
    issuers: async () => (await import('./commands/issuers.ts')).issuersCommand,
    attention: async () => (await import('./commands/attention.ts')).attentionCommand,
    audit: async () => (await import('./commands/audit.ts')).auditCommand,
  },
  'Companies, over the network:': {
    companies: async () => (await import('./commands/companies.ts')).companiesCommand,
    projects: async () => (await import('./commands/projects.ts')).projectsCommand,
    environments: async () => (await import('./commands/environments.ts')).environmentsCommand,
    roles: async () => (await import('./commands/roles.ts')).rolesCommand,
    identities: async () => (await import('./commands/identities.ts')).identitiesCommand,
    users: async () => (await import('./commands/users.ts')).usersCommand,
    groups: async () => (await import('./commands/groups.ts')).groupsCommand,
    access: async () => (await import('./commands/access.ts')).accessCommand,
    me: async () => (await import('./commands/me.ts')).meCommand,
  },
  'On the machine of the server:': {
    serve: async () => (await import('./commands/serve.ts')).serveCommand,
    keys: async () => (await import('./commands/keys.ts')).keysCommand,
    'backup restore': async () => (await import('./commands/backup.ts')).backupCommands,
    import: async () => (await import('./commands/import.ts')).importCommand,
  },
  'Help:': {
    permissions: async () => (await import('./commands/permissions.ts')).permissionsCommand,
    completion: async () => (await import('./commands/completion.ts')).completionCommand,
  },
}

/** The verb that knows all others. */
const knowsAll = 'completion'

function adds(names: string, verb: string): boolean {
  return verb !== knowsAll && names.split(' ').includes(verb)
}

/** What a command line needs of the groups: its verb, or everything where it does not begin with one. */
function neededBy(args: readonly string[]): typeof groups {
  const verb = args.find((arg) => arg !== '--json') ?? ''
  for (const [heading, verbs] of Object.entries(groups)) {
    const found = Object.entries(verbs).find(([names]) => adds(names, verb))
    if (found) return { [heading]: Object.fromEntries([found]) }
  }
  return groups
}

/** Adds to a program the verbs that a command line needs, below their headings. */
export async function addVerbs(program: Command, args: readonly string[]): Promise<void> {
  for (const [heading, verbs] of Object.entries(neededBy(args))) {
    program.commandsGroup(heading)
    for (const load of Object.values(verbs)) (await load())(program)
  }
}
