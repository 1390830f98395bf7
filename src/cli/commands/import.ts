import type { Command } from 'commander'
import type { Ground } from '../../domain/import/ground.ts'
import type { Part } from '../../domain/import/parts.ts'
import { counted } from '../counted.ts'
import { exitCodes, UsageError } from '../failure.ts'
import type { DigestFiles } from '../import/digests.ts'
import { reportOf, Tally } from '../import/tally.ts'
import { localWorld } from '../local.ts'
import { plain, print } from '../terminal.ts'
import { endWith, worldOf } from '../world.ts'

const progressEvery = 1_000

/** How it goes on, for whoever waits: on standard error, so that the answer stays what it is. */
function progressOf(command: Command, all: number): (done: number) => void {
  const { stderr } = worldOf(command)
  return (done) => {
    if (done % progressEvery === 0) stderr.write(`${done} of ${all} records\n`)
  }
}

async function runOn(command: Command, ground: Ground, parts: readonly Part[]): Promise<Tally> {
  const { importParts } = await import('../../domain/import/run.ts')
  const { importFaults } = await import('../../domain/import/outcome.ts')
  const { wordsOf } = await import('../../server/problem-words.ts')
  const tally = new Tally()
  const tell = progressOf(command, parts.length)
  let done = 0
  for await (const [part, result] of importParts(ground, parts)) {
    const why = result.outcome === 'refused' ? result.why : undefined
    tally.add(part, result, typeof why === 'string' ? importFaults[why] : why && wordsOf(why))
    done += 1
    tell(done)
  }
  return tally
}

interface ImportFlags {
  readonly dryRun?: boolean
}

async function importMia(file: string, flags: ImportFlags, command: Command): Promise<void> {
  const { readImport } = await import('../import/read.ts')
  const parts = readImport(command, file)
  const { openLocally } = await import('../../server/local.ts')
  const { storeGround } = await import('../../domain/import/ground.ts')
  const { rehearsalGround } = await import('../../domain/import/rehearsal.ts')
  const isRehearsal = flags.dryRun === true
  const local = await openLocally(await localWorld(command), 'import')
  try {
    const ground = isRehearsal ? rehearsalGround(local.ctx) : storeGround(local.ctx)
    const tally = await runOn(command, ground, parts)
    print(command, reportOf(tally, isRehearsal))
    if (tally.refused.length > 0) endWith(command, exitCodes.refused)
  } finally {
    await local.close()
  }
}

interface ConvertFlags {
  readonly company?: string
  readonly credentials?: string
  readonly clientIds?: string
  readonly knownPermissions?: true
}

function secretsOf({ credentials, clientIds }: ConvertFlags): DigestFiles | undefined {
  if (credentials !== undefined) return { credentials, clientIds }
  if (clientIds === undefined) return undefined
  throw new UsageError('--client-ids says whose the --credentials are: expected both, or neither')
}

async function convert(clients: string, flags: ConvertFlags, command: Command): Promise<void> {
  const { convertClients } = await import('../import/convert.ts')
  const wanted = {
    clients,
    companyId: flags.company,
    knownOnly: flags.knownPermissions === true,
    secrets: secretsOf(flags),
  }
  const { given, ofNobody, leftOut } = convertClients(command, wanted)
  const { stdout, stderr } = worldOf(command)
  stdout.write(`${JSON.stringify(given, null, 2)}\n`)
  for (const [permission, count] of leftOut) {
    const clients = counted(count, 'client')
    stderr.write(`left out the permission ${plain(permission)}, unknown here, of ${clients}\n`)
  }
  const ofRoot = given.accounts.filter(({ companyId }) => companyId === undefined)
  if (flags.company !== undefined && ofRoot.length > 0) {
    const ids = ofRoot.map(({ clientId }) => plain(clientId)).join(', ')
    stderr.write(`accounts of root, because they have permissions of their own: ${ids}\n`)
  }
  if (ofNobody > 0) {
    stderr.write(`left out ${ofNobody} of the credentials: they are of none of these clients\n`)
  }
}

/** Adds the verb that brings in what another server had. */
export function importCommand(program: Command): void {
  const verb = program.command('import').description('bring in what another server had')
  verb
    .command('mia <file>')
    .description('companies, roles and accounts of the console, with their ids; - reads stdin')
    .option('--dry-run', 'say what would be made, and write nothing')
    .action(importMia)
  verb
    .command('convert <clients-file>')
    .description('print, as "import mia" reads it, an export of the collection of clients')
    .option('--company <id>', 'make those without permissions its accounts; the others are of root')
    .option('--known-permissions', 'leave out permissions that are unknown here, and name them')
    .option(
      '--credentials <file>',
      'an export of the collection of credentials: secrets come along',
    )
    .option('--client-ids <file>', 'JSON: whose client id each hash of the credentials is')
    .action(convert)
}
