import type { Command } from 'commander'
import type { Me } from '../../sdk/index.ts'
import { counted } from '../counted.ts'
import { keylessAdminOf, withLogin } from '../remote.ts'
import { type Column, table } from '../table.ts'
import { fields, plain, print, roomOf } from '../terminal.ts'

const columns: readonly Column[] = [
  { title: 'ROLE' },
  { title: 'ON' },
  { title: 'CALLED', least: 16 },
  { title: 'BY', least: 8 },
  { title: 'ID', isExtra: true },
]

const sources = { own: 'itself', group: 'a group', founder: 'founding it' } as const

/** What companies and projects are called that may be seen; others by their ids. */
function namesIn({ companies, projects }: Me): ReadonlyMap<string, string> {
  const named = [
    ...companies.map(({ companyId, name }) => [companyId, name] as const),
    ...projects.map(({ projectId, name }) => [projectId, name] as const),
  ]
  return new Map(named)
}

function calledBy(names: ReadonlyMap<string, string>, resource: string): string {
  const [id = '', environment] = resource.split(':')
  const name = names.get(id) ?? id
  return plain(environment === undefined ? name : `${name} / ${environment}`)
}

function rows(me: Me) {
  const names = namesIn(me)
  return me.roles.map(({ role, level, resource, source }) => [
    role,
    level,
    calledBy(names, resource),
    sources[source],
    resource,
  ])
}

/** As wide as the longest name of a line, and the gap behind it: each permission has its own line. */
const indent = ' '.repeat('permissions  '.length)

async function showMe(_flags: unknown, command: Command): Promise<void> {
  const me = await keylessAdminOf(command).me()
  const { totals } = me
  const lines = fields({
    [me.kind === 'user' ? 'user' : 'client id']: me.id,
    name: plain(me.name),
    email: me.email === undefined ? undefined : plain(me.email),
    permissions: me.permissions.join(`\n${indent}`) || 'none',
    sees: `${counted(totals.companies, 'company', 'companies')}, ${counted(totals.projects, 'project')}`,
  })
  const held = me.roles.length === 0 ? ['no roles'] : table(columns, rows(me), roomOf(command))
  const isCut = totals.roles > me.roles.length
  const rest = isCut ? [`and ${totals.roles - me.roles.length} more`] : []
  print(command, { json: me, lines: [...lines, '', ...held, ...rest] })
}

/** Adds the verb that tells who asks. */
export function meCommand(program: Command): void {
  withLogin(program.command('me'))
    .description('who you are to the server, and what you may do')
    .action(showMe)
}
