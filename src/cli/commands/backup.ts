import type { Command } from 'commander'
import { Secret } from '../../domain/secret.ts'
import type { LivesAgain } from '../../server/backup/lives-again.ts'
import type { Restored } from '../../server/backup/restore.ts'
import { packageVersion } from '../../server/version.ts'
import { confirmGrave, withYes } from '../confirm.ts'
import { UsageError } from '../failure.ts'
import { localWorld } from '../local.ts'
import { plain, print } from '../terminal.ts'
import { readSecret } from '../world.ts'

const leastPassphrase = 12

interface PassphraseFlags {
  readonly withKeys?: boolean
  readonly passphraseFile?: string
}

function passphraseOf(command: Command, { passphraseFile }: PassphraseFlags): Secret | undefined {
  if (passphraseFile === undefined) return undefined
  const passphrase = readSecret(command, passphraseFile, '--passphrase-file')
  if (passphrase.length >= leastPassphrase) return new Secret(passphrase)
  throw new UsageError(`--passphrase-file: expected at least ${leastPassphrase} characters`)
}

async function backup(folder: string, flags: PassphraseFlags, command: Command): Promise<void> {
  const passphrase = passphraseOf(command, flags)
  if (flags.withKeys === true && passphrase === undefined) {
    throw new UsageError('--with-keys: give --passphrase-file, which encrypts them')
  }
  const { backUp } = await import('../../server/backup/backup.ts')
  const { settings } = await localWorld(command)
  const sealed = flags.withKeys === true ? passphrase : undefined
  const order = { settings, folder, release: packageVersion(), passphrase: sealed }
  const manifest = await backUp(order)
  const keys = sealed
    ? 'with pepper and signing keys, encrypted'
    : 'without pepper and signing keys'
  const lines = [`${folder}: the database up to entry ${manifest.head} of its log, ${keys}`]
  print(command, { json: { folder, ...manifest }, lines })
}

function againLines(again: LivesAgain | undefined, { liveAccounts }: Restored): readonly string[] {
  if (!again)
    return [`nothing to compare with: look through all that is live (accounts: ${liveAccounts})`]
  const { lines, more, gone } = again
  const back = lines.length + more
  return [
    back === 0 ? 'nothing that had ended lives again' : `lives again (end it anew):`,
    ...lines.map((line) => `  ${plain(line)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(gone > 0
      ? [`gone, because made since: ${gone === 1 ? 'an account' : `${gone} accounts`}`]
      : []),
  ]
}

interface RestoreFlags extends PassphraseFlags {
  readonly endTokens?: boolean
  readonly yes?: boolean
}

async function restoreVerb(
  folder: string | undefined,
  flags: RestoreFlags,
  command: Command,
): Promise<void> {
  const passphrase = passphraseOf(command, flags)
  const what = folder === undefined ? 'accept the store as it is' : `put ${folder} back`
  await confirmGrave(command, `${what}, and end all access tokens`)
  const { restore } = await import('../../server/backup/restore.ts')
  const endsTokens = flags.endTokens === true
  const order = { ...(await localWorld(command)), folder, passphrase, endsTokens }
  const restored = await restore(order)
  const { aside, secrets, again, epoch, endedTokens } = restored
  const lines = [
    folder === undefined ? 'the store is accepted as it is' : `${folder} is in place`,
    ...(aside === undefined ? [] : [`the former database is kept as ${aside}`]),
    ...secrets.map((file) => `${file} was missing, and is there again`),
    'all access tokens that were issued so far are refused; assertions made so far too',
    ...(endsTokens ? [`tokens that live long and were ended: ${endedTokens}`] : []),
    ...againLines(again, restored),
  ]
  const none = { lines: [], more: 0, gone: 0 }
  print(command, {
    json: { epoch, aside, secrets, endedTokens, compared: again !== undefined, ...(again ?? none) },
    lines,
  })
}

/** Adds the verbs that keep the embedded store and put it back. */
export function backupCommands(program: Command): void {
  program
    .command('backup <folder>')
    .description('copy the embedded store into a new folder, beside a running server')
    .option('--with-keys', 'pepper and signing keys too, encrypted')
    .option('--passphrase-file <file>', 'what encrypts them; - reads stdin')
    .action(backup)
  withYes(program.command('restore [folder]'))
    .description(
      'put a backup back while no server runs; without a folder: accept an older store as it is',
    )
    .option('--end-tokens', 'end all tokens that live long, too')
    .option('--passphrase-file <file>', 'opens pepper and keys of the backup; - reads stdin')
    .action(restoreVerb)
}
