import type { Command } from 'commander'
import { loadSettings } from '../../config/load.ts'
import { verifyLog } from '../../domain/audit/log.ts'
import type { AuditEntry, AuditFilter, CursorOptions, Page } from '../../sdk/index.ts'
import { exitCodes } from '../failure.ts'
import { adminOf, withAdmin } from '../remote.ts'
import { plain, print, table } from '../terminal.ts'
import { endWith, worldOf } from '../world.ts'

const heading = ['NUMBER', 'TIME', 'ACTION', 'ACTOR', 'TARGET']
const named = ({ id, name }: { id: string; name: string }) =>
  plain(name === '' ? id : `${name} (${id})`)

/** How much was shown, and how to go on. */
function summary({ items, total, next }: Page<AuditEntry>): string {
  const all = total === undefined ? 'many' : String(total)
  const onwards = next === undefined ? '' : `; go on with --cursor ${next}`
  return `${items.length} of ${all} entries, newest first${onwards}`
}

async function listEntries(flags: AuditFilter & CursorOptions, command: Command): Promise<void> {
  const { from, to, actor, target, page, cursor, perPage } = flags
  const found = await adminOf(command).audit({ from, to, actor, target, page, cursor, perPage })
  const rows = found.items.map((entry) => [
    String(entry.seq),
    entry.at,
    entry.action,
    named(entry.actor) || entry.actor.kind,
    named(entry.target),
  ])
  print(command, { json: found.items, lines: [...table(heading, rows), summary(found)] })
}

/** Reads the store of the server's own settings, without writing, beside a running server too. */
async function verify(_flags: unknown, command: Command): Promise<void> {
  // Asked for here: the drivers cost every other verb a third of a second.
  const { openLogReadOnly } = await import('../../storage/open.ts')
  const log = await openLogReadOnly(loadSettings(worldOf(command).env).settings.storage.uri)
  try {
    const verdict = await verifyLog(log)
    if (verdict.isSound) {
      const { count, lastHash } = verdict
      const last = count === 0 ? '' : `, the last hash is ${lastHash}`
      print(command, {
        json: { sound: true, count, lastHash },
        lines: [`sound: ${count} entries${last}`],
      })
      return
    }
    const { brokenAt } = verdict
    const lines = [`broken at number ${brokenAt}: it is not what was written, or is missing`]
    print(command, { json: { sound: false, brokenAt }, lines })
    endWith(command, exitCodes.refused)
  } finally {
    await log.close()
  }
}

/** Adds the verbs of the audit log. */
export function auditCommand(program: Command): void {
  const audit = program.command('audit').description('the audit log')
  withAdmin(audit.command('list'))
    .description('entries over the API, newest first')
    .option('--from <time>', 'not before (Unix seconds or RFC 3339)')
    .option('--to <time>', 'before (Unix seconds or RFC 3339)')
    .option('--actor <client-id>', 'only what this account did')
    .option('--target <client-id>', 'only what was done to this account')
    .option('--page <number>', 'which page, from 1')
    .option('--cursor <cursor>', 'the page after another, in place of --page: the list names it')
    .option('--per-page <number>', 'entries on a page, at most 200')
    .action(listEntries)
  audit
    .command('verify')
    .description('recompute the chain of hashes in the configured store; 0 sound, 1 broken')
    .action(verify)
}
