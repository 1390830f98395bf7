import type { Command } from 'commander'
import type { Attention, AttentionRow } from '../../sdk/index.ts'
import { companyIdOf } from '../named.ts'
import { keylessAdminOf, withLogin } from '../remote.ts'
import { type Column, table } from '../table.ts'
import { plain, print, roomOf, shownTime } from '../terminal.ts'

/** What each section is called, what its moment is, and what else its rows tell. */
interface Words {
  readonly heading: string
  readonly moment: string
  readonly more?: { readonly title: string; readonly of: (row: AttentionRow) => string }
}

const sections: { readonly [S in keyof Attention]: Words } = {
  expiring: { heading: 'a credential ends within 30 days', moment: 'ENDS' },
  rotating: {
    heading: 'an old secret is still used',
    moment: 'LAST USED',
    more: { title: 'FROM', of: ({ lastUsedFrom = '' }) => plain(lastUsedFrom) },
  },
  refusedLogins: {
    heading: 'logins were refused within a day',
    moment: 'THE LAST',
    more: { title: 'TIMES', of: ({ refusals = 0 }) => String(refusals) },
  },
  drafts: { heading: 'waits to be approved', moment: 'MADE' },
  unused: { heading: 'not used for 90 days', moment: 'LAST USED OR MADE' },
}
const names = [
  'expiring',
  'rotating',
  'refusedLogins',
  'drafts',
  'unused',
] as const satisfies readonly (keyof Attention)[]

function columnsOf({ moment, more }: Words): readonly Column[] {
  const last: readonly Column[] = more ? [{ title: more.title, isExtra: true }] : []
  return [{ title: moment }, { title: 'NAME', least: 12 }, { title: 'CLIENT ID' }, ...last]
}

function sectionLines(
  attention: Attention,
  name: keyof Attention,
  room: number,
): readonly string[] {
  const { count, first } = attention[name]
  if (count === 0) return []
  const words = sections[name]
  const rows = first.map((row) => [
    shownTime(row.at),
    plain(row.name),
    plain(row.clientId),
    ...(words.more ? [words.more.of(row)] : []),
  ])
  const others = count - first.length
  const rest = others === 0 ? [] : [`and ${others} more`]
  return [`${words.heading}: ${count}`, ...table(columnsOf(words), rows, room), ...rest, '']
}

async function show(flags: { readonly company?: string }, command: Command): Promise<void> {
  const admin = keylessAdminOf(command)
  const { company } = flags
  const attention =
    company === undefined
      ? await admin.attention()
      : await admin.company(await companyIdOf(admin, company)).attention()
  const lines = names.flatMap((name) => sectionLines(attention, name, roomOf(command)))
  const shown = lines.length === 0 ? ['nothing needs a look'] : lines.slice(0, -1)
  print(command, { json: attention, lines: shown })
}

/** Adds the verb that tells what somebody should look at. */
export function attentionCommand(program: Command): void {
  withLogin(program.command('attention'))
    .description('what of the accounts of root, or of a company, somebody should look at')
    .option('--company <company>', 'of the accounts of this company')
    .action(show)
}
