import { ownerRole } from '../../domain/access/roles.ts'
import type { Made } from '../../domain/import/outcome.ts'
import { type ImportedKind, importedKinds, type Part } from '../../domain/import/parts.ts'
import { counted } from '../counted.ts'
import { plain, type Report } from '../terminal.ts'

const mostShown = 1_000

type Counts = Record<ImportedKind, number>

const none = (): Counts => ({ company: 0, project: 0, environment: 0, role: 0, account: 0 })

const plurals = {
  company: 'companies',
  project: 'projects',
  environment: 'environments',
  role: 'roles',
  account: 'accounts',
} as const satisfies Record<ImportedKind, string>

/** One record, and what became of it; as it is printed. */
interface Line {
  readonly kind: ImportedKind
  readonly id: string
  readonly name: string
  readonly at: string
  readonly why?: string
}

/** An account, and the company that it is of; absent: it is one of root. */
interface WhoseAccount {
  readonly clientId: string
  readonly companyId?: string
}

function accountIn(part: Part): WhoseAccount {
  const companyId = part.kind === 'account' ? part.given.companyId : undefined
  return { clientId: part.id, ...(companyId !== undefined && { companyId }) }
}

/** An account as a command names it. */
function accountNamed({ clientId, companyId }: WhoseAccount): string {
  return companyId === undefined ? clientId : `${clientId} --company ${companyId}`
}

/** The company whose owner an account is; undefined of all else. */
function companyOwnedBy(part: Part): string | undefined {
  const isOwner = part.kind === 'account' && part.given.role === ownerRole
  return isOwner ? part.given.companyId : undefined
}

/** What an import came to, so far. */
export class Tally {
  readonly made = none()
  readonly there = none()
  readonly lines: Line[] = []
  readonly refused: Line[] = []
  readonly withoutSecret: WhoseAccount[] = []
  /** Client ids of accounts that belong to no company. */
  readonly ofRoot: string[] = []
  foreignSecrets = 0
  /** Ids of companies that were made. */
  readonly withoutOwner = new Set<string>()

  add(part: Part, result: Made, why?: string): void {
    const { kind, id, name, at } = part
    const line = { kind, id, name, at }
    if (result.outcome === 'refused') this.refused.push({ ...line, why: why ?? '' })
    else this[result.outcome][kind] += 1
    if (result.outcome !== 'made') return
    this.lines.push(line)
    if (result.secret === 'none') this.withoutSecret.push(accountIn(part))
    if (result.secret === 'foreign') this.foreignSecrets += 1
    if (part.kind === 'account' && part.given.companyId === undefined) this.ofRoot.push(id)
    if (kind === 'company') this.withoutOwner.add(id)
    const owned = companyOwnedBy(part)
    if (owned !== undefined) this.withoutOwner.delete(owned)
  }
}

function sums(counts: Counts): string {
  const some = importedKinds.filter((kind) => counts[kind] > 0)
  const told = some.map((kind) => counted(counts[kind], kind, plurals[kind]))
  return told.join(', ') || 'nothing'
}

function listed(lines: readonly Line[]): readonly string[] {
  const shown = lines.slice(0, mostShown).map(({ kind, id, name, at, why }) => {
    const about = why === undefined ? '' : `: ${plain(why)}`
    return `  ${kind} ${id} "${plain(name)}" (${at})${about}`
  })
  const more = lines.length - shown.length
  return more > 0 ? [...shown, `  and ${more} more`] : shown
}

/** How accounts with secrets will log in. */
function secretsTold({ withoutSecret, foreignSecrets }: Tally): readonly string[] {
  const foreign = `with the secret that they had: ${foreignSecrets} of the accounts; until its first login each is kept as it was digested`
  const had = foreignSecrets > 0 ? [foreign] : []
  const [first] = withoutSecret
  if (first === undefined) return had
  const command = `ostiary credentials add ${accountNamed(first)}`
  return [
    `without a secret: ${withoutSecret.length} of the accounts; "${command}" gives one`,
    ...had,
  ]
}

/** Who may act in the whole installation. */
function rootTold({ ofRoot }: Tally): readonly string[] {
  const more = ofRoot.length > mostShown ? `, and ${ofRoot.length - mostShown} more` : ''
  return ofRoot.length === 0 ? [] : [`of root: ${ofRoot.slice(0, mostShown).join(', ')}${more}`]
}

/** Who is to be told: nobody owns what came without an owner. */
function ownersTold({ withoutOwner }: Tally): readonly string[] {
  const [first] = withoutOwner
  if (first === undefined) return []
  const command = `ostiary users invite <email> --company ${first} --role ${ownerRole}`
  return [`without an owner: ${withoutOwner.size} of the companies; "${command}" invites one`]
}

/** The same for a program: all that is named, however much there is. */
function jsonOf(tally: Tally, isRehearsal: boolean) {
  const { made, there, lines, refused, foreignSecrets, ofRoot } = tally
  const accountsWithoutSecret = tally.withoutSecret
  const companiesWithoutOwner = [...tally.withoutOwner]
  return {
    dryRun: isRehearsal,
    made,
    there,
    refused,
    withoutSecret: accountsWithoutSecret.length,
    foreignSecrets,
    withoutOwner: companiesWithoutOwner.length,
    ofRoot,
    accountsWithoutSecret,
    companiesWithoutOwner,
    ...(isRehearsal && { toMake: lines }),
  }
}

/** What is printed of it. */
export function reportOf(tally: Tally, isRehearsal: boolean): Report {
  const { made, there, lines, refused } = tally
  const spoken = [
    `${isRehearsal ? 'would make' : 'made'} ${sums(made)}`,
    ...(isRehearsal ? listed(lines) : []),
    `left as it is, because it is there already: ${sums(there)}`,
    `refused ${refused.length === 0 ? 'nothing' : `${refused.length}:`}`,
    ...listed(refused),
    ...rootTold(tally),
    ...secretsTold(tally),
    ...ownersTold(tally),
    ...(isRehearsal ? ['nothing was written'] : []),
  ]
  return { json: jsonOf(tally, isRehearsal), lines: spoken }
}
