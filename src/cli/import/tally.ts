import type { Made } from '../../domain/import/outcome.ts'
import { type ImportedKind, importedKinds, type Part } from '../../domain/import/parts.ts'
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

/** What an import came to, so far. */
export class Tally {
  readonly made = none()
  readonly there = none()
  readonly lines: Line[] = []
  readonly refused: Line[] = []
  withoutSecret = 0
  foreignSecrets = 0

  add(part: Part, result: Made, why?: string): void {
    const { kind, id, name, at } = part
    const line = { kind, id, name, at }
    if (result.outcome === 'refused') this.refused.push({ ...line, why: why ?? '' })
    else this[result.outcome][kind] += 1
    if (result.outcome !== 'made') return
    this.lines.push(line)
    if (result.secret === 'none') this.withoutSecret += 1
    if (result.secret === 'foreign') this.foreignSecrets += 1
  }
}

function sums(counts: Counts): string {
  const some = importedKinds.filter((kind) => counts[kind] > 0)
  const told = some.map((kind) => `${counts[kind]} ${counts[kind] === 1 ? kind : plurals[kind]}`)
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
  const without = `without a secret: ${withoutSecret} of the accounts; "ostiary credentials add" gives one`
  const foreign = `with the secret that they had: ${foreignSecrets} of the accounts; until its first login each is kept as it was digested`
  return [...(withoutSecret > 0 ? [without] : []), ...(foreignSecrets > 0 ? [foreign] : [])]
}

/** What is printed of it. */
export function reportOf(tally: Tally, isRehearsal: boolean): Report {
  const { made, there, lines, refused, withoutSecret, foreignSecrets } = tally
  const spoken = [
    `${isRehearsal ? 'would make' : 'made'} ${sums(made)}`,
    ...(isRehearsal ? listed(lines) : []),
    `left as it is, because it is there already: ${sums(there)}`,
    `refused ${refused.length === 0 ? 'nothing' : `${refused.length}:`}`,
    ...listed(refused),
    ...secretsTold(tally),
    ...(isRehearsal ? ['nothing was written'] : []),
  ]
  const planned = isRehearsal ? { toMake: lines } : {}
  const all = { made, there, refused, withoutSecret, foreignSecrets }
  const json = { dryRun: isRehearsal, ...all, ...planned }
  return { json, lines: spoken }
}
