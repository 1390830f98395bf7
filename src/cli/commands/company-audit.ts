import { type Command, Option } from 'commander'
import type { CompanyAuditEntry, CompanyAuditFilter, ExportFormat } from '../../sdk/index.ts'
import { UsageError } from '../failure.ts'
import { companyIdOf } from '../named.ts'
import { everyPage, firstOf } from '../paging.ts'
import { keylessAdminOf } from '../remote.ts'
import type { Column } from '../table.ts'
import { plain, printList, shownTime } from '../terminal.ts'

const columns: readonly Column[] = [
  { title: 'TIME' },
  { title: 'ACTION' },
  { title: 'AUTHOR', least: 12 },
  { title: 'TARGET', least: 12 },
  { title: 'ID', isExtra: true },
]

const row = ({ id, date, action, author, authorName, target, resourceId }: CompanyAuditEntry) => [
  shownTime(date),
  action,
  plain(authorName || author),
  plain(target || resourceId),
  id,
]

/** What narrows the audit log of a company. */
export interface CompanyAuditFlags {
  readonly company: string
  readonly from?: string
  readonly to?: string
  readonly actor?: string
  readonly target?: string
  readonly operation?: CompanyAuditFilter['operation']
  readonly after?: string
  readonly action?: string
  readonly identityType?: string
  readonly resourceType?: string
  readonly limit?: number
}

/** The company that is meant, and what narrows its log. Fails with UsageError: no entry is found by a target. */
async function askedOf(flags: CompanyAuditFlags, command: Command) {
  const { company, target, from, to, actor: author, operation, after, ...more } = flags
  const { action, identityType, resourceType } = more
  if (target !== undefined) throw new UsageError('--target: not together with --company')
  const admin = keylessAdminOf(command)
  const filter: CompanyAuditFilter = {
    ...{ from, to, author, operation, after },
    ...{ action, identityType, resourceType },
  }
  return { of: admin.company(await companyIdOf(admin, company)), filter }
}

/** Refuses what narrows the log of a company alone, where none is named. Fails with UsageError. */
export function assertOfNoCompany(flags: Partial<CompanyAuditFlags>): void {
  const options = {
    '--operation': flags.operation,
    '--action': flags.action,
    '--identity-type': flags.identityType,
    '--resource-type': flags.resourceType,
    '--after': flags.after,
  }
  const given = Object.entries(options).find(([, value]) => value !== undefined)
  if (given) throw new UsageError(`${given[0]}: of a company alone; give --company too`)
}

/** The audit log of a company in another form. Fails with UsageError. */
export async function exportOfCompany(
  format: ExportFormat,
  flags: CompanyAuditFlags,
  command: Command,
): Promise<AsyncIterable<string>> {
  const { of, filter } = await askedOf(flags, command)
  return of.auditExport(format, filter)
}

/** Prints the audit log of a company. Fails with UsageError. */
export async function listOfCompany(flags: CompanyAuditFlags, command: Command): Promise<void> {
  const { limit = Number.POSITIVE_INFINITY } = flags
  const { of, filter } = await askedOf(flags, command)
  const pages = everyPage((where) => of.audit({ ...filter, ...where }))
  await printList(command, { pages: firstOf(pages, limit), columns, row, none: 'no entries' })
}

/** Lets a verb take the audit log of a company in place of the whole one. */
export function withCompanyAudit(command: Command): Command {
  const operations = ['Creation', 'Edit', 'Deletion']
  return command
    .option('--company <company>', 'what happened to a company and below it: for its owners')
    .addOption(new Option('--operation <kind>', 'of a company: what was done').choices(operations))
    .option('--action <action>', 'of a company: this alone, such as account.create')
    .option('--identity-type <type>', 'of a company: done by such a one')
    .option('--resource-type <type>', 'of a company: done to such a thing')
    .option('--after <id>', 'of a company: newer than this entry')
}
