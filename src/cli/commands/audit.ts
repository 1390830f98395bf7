import { type Command, Option } from 'commander'
import { type LogVerdict, type Signatures, verifyLog } from '../../domain/audit/verify.ts'
import type { AuditEntry, AuditFilter, ExportFormat } from '../../sdk/index.ts'
import { another, type ProofFlags, verifyOptions } from '../audit-proof.ts'
import { counted } from '../counted.ts'
import { printParts, writeParts } from '../export.ts'
import { exitCodes } from '../failure.ts'
import { wholeNumber } from '../given.ts'
import { settingsOf } from '../local.ts'
import { everyPage, firstOf } from '../paging.ts'
import { adminOf, withAdmin } from '../remote.ts'
import type { Column } from '../table.ts'
import { plain, print, printList, shownTime } from '../terminal.ts'
import { endWith } from '../world.ts'
import {
  assertOfNoCompany,
  type CompanyAuditFlags,
  exportOfCompany,
  listOfCompany,
  withCompanyAudit,
} from './company-audit.ts'

const columns: readonly Column[] = [
  { title: 'NUMBER' },
  { title: 'TIME' },
  { title: 'ACTION' },
  { title: 'ACTOR', least: 12 },
  { title: 'TARGET', least: 12 },
]
const named = ({ id, name }: { id: string; name: string }) =>
  plain(name === '' ? id : `${name} (${id})`)
const row = ({ seq, at, action, actor, target }: AuditEntry) => [
  String(seq),
  shownTime(at),
  action,
  [actor, ...(actor.impersonatedBy ? [actor.impersonatedBy] : [])]
    .map((one) => named(one) || one.kind)
    .join(' by '),
  named(target),
]

const forms: readonly ExportFormat[] = ['csv', 'jsonl']

type Flags = AuditFilter & Partial<CompanyAuditFlags>

async function listEntries(flags: Flags, command: Command): Promise<void> {
  const { company, from, to, actor, target, limit = Number.POSITIVE_INFINITY } = flags
  if (company !== undefined) return await listOfCompany({ ...flags, company }, command)
  assertOfNoCompany(flags)
  const admin = adminOf(command)
  const pages = everyPage((where) => admin.audit({ from, to, actor, target, ...where }))
  await printList(command, { pages: firstOf(pages, limit), columns, row, none: 'no entries' })
}

interface ExportFlags extends Flags {
  readonly format: ExportFormat
  readonly out?: string
}

async function exportEntries(flags: ExportFlags, command: Command): Promise<void> {
  const { company, format, out, from, to, actor, target } = flags
  if (company === undefined) assertOfNoCompany(flags)
  const parts =
    company === undefined
      ? adminOf(command).auditExport(format, { from, to, actor, target })
      : await exportOfCompany(format, { ...flags, company }, command)
  if (out === undefined || out === '-') return await printParts(command, parts)
  await writeParts(out, parts)
  print(command, { json: { file: out, format }, lines: [`the entries are in ${out}`] })
}

const iso = (at: number) => new Date(at).toISOString()

/** What the checkpoints prove, for a program. */
function provenJson({ proven, unknown }: Signatures) {
  if (!proven) return { proven: null, unknown }
  const { entry, hash, at, kid } = proven
  return { proven: { entry, hash, at: iso(at), kid }, unknown }
}

/** What the checkpoints prove, for a person. */
function provenLines({ proven, unknown }: Signatures, count: number): string[] {
  const kids = [...new Set(unknown.map(({ kid }) => kid))].join(', ')
  const strangers = `${counted(unknown.length, 'later checkpoint')} of keys that no --jwks has: ${kids}`
  const missing = unknown.length === 0 ? [] : [strangers]
  if (!proven) return ['proven: nothing, there is no checkpoint by these keys', ...missing]
  const { entry, at, kid } = proven
  const after = counted(count - entry, 'entry', 'entries')
  const rest = `the rest (${after}) agrees with itself, and no more`
  return [`proven up to number ${entry}, by ${kid} at ${iso(at)}; ${rest}`, ...missing]
}

function reportSound(command: Command, verdict: Extract<LogVerdict, { isSound: true }>): void {
  const { count, lastHash, signatures } = verdict
  const last = count === 0 ? '' : `, the last hash is ${lastHash}`
  print(command, {
    json: { sound: true, count, lastHash, ...(signatures && provenJson(signatures)) },
    lines: [
      `sound: ${counted(count, 'entry', 'entries')}${last}`,
      ...(signatures ? provenLines(signatures, count) : []),
    ],
  })
  const isProven = signatures?.proven !== undefined && signatures.unknown.length === 0
  if (signatures && !isProven) endWith(command, exitCodes.refused)
}

function reportBroken(command: Command, brokenAt: number): void {
  const lines = [`broken at number ${brokenAt}: it is not what was written, or is missing`]
  print(command, { json: { sound: false, brokenAt }, lines })
  endWith(command, exitCodes.refused)
}

/** Reads the store of the server's own settings, without writing, beside a running server too. */
async function verify(flags: ProofFlags, command: Command): Promise<void> {
  // Asked for here: the drivers cost every other verb a third of a second.
  const { openLogReadOnly } = await import('../../storage/open.ts')
  const options = await verifyOptions(command, flags)
  const log = await openLogReadOnly((await settingsOf(command)).storage.uri)
  try {
    const verdict = await verifyLog(log, options)
    if (verdict.isSound) reportSound(command, verdict)
    else reportBroken(command, verdict.brokenAt)
  } finally {
    await log.close()
  }
}

/** Options that say which entries a verb is about. */
function withFilter(command: Command): Command {
  return withCompanyAudit(withAdmin(command))
    .option('--from <time>', 'not before (Unix seconds or RFC 3339)')
    .option('--to <time>', 'before (Unix seconds or RFC 3339)')
    .option('--actor <client-id>', 'only what this account did (or person, of a company)')
    .option('--target <client-id>', 'only what was done to this account')
}

/** Adds the verbs of the audit log. */
export function auditCommand(program: Command): void {
  const audit = program.command('audit').description('the audit log')
  withFilter(audit.command('list'))
    .description('entries over the API, newest first')
    .option('--limit <number>', 'no more than these; all of them when absent', wholeNumber)
    .action(listEntries)
  withFilter(audit.command('export'))
    .description('all entries, newest first, as a table or as lines of JSON')
    .addOption(
      new Option('--format <format>', 'a table, or an object a line')
        .choices(forms)
        .default('jsonl'),
    )
    .option(
      '--out <file>',
      'into this file, whole or not at all; to standard output when absent or -',
    )
    .action(exportEntries)
  audit
    .command('verify')
    .description('recompute the chain of hashes in the configured store; 0 sound, 1 broken')
    .option('--jwks <file or url>', 'prove its checkpoints by these keys; several times', another)
    .option('--from <checkpoint>', 'begin at a checkpoint that was kept (or the file it is in)')
    .action(verify)
}
