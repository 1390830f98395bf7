import type { Command } from 'commander'
import { localWorld } from '../local.ts'
import { print } from '../terminal.ts'

async function recover(_flags: unknown, command: Command): Promise<void> {
  const { openLocally } = await import('../../server/local.ts')
  const { recoverAccount } = await import('../../domain/accounts/recover.ts')
  const { assertPeppersFit } = await import('../../server/installation/check-peppers.ts')
  const local = await openLocally(await localWorld(command), 'recover')
  try {
    await assertPeppersFit(local.ctx)
    const { account, secret, clientKey } = await recoverAccount(local.ctx)
    const { clientId, name } = account
    const given = {
      clientId,
      clientSecret: secret.reveal(),
      ...(clientKey && { clientKey: clientKey.reveal() }),
    }
    print(command, {
      json: { name, ...given },
      lines: [
        `made the root account "${name}", which can do everything; delete it when you are back in`,
        `client id      ${given.clientId}`,
        `client secret  ${given.clientSecret}`,
        ...(given.clientKey === undefined ? [] : [`client key     ${given.clientKey}`]),
      ],
    })
  } finally {
    await local.close()
  }
}

/** Adds the way back in to the verbs of accounts: it asks no server, but the store itself. */
export function recoverVerb(accounts: Command): void {
  accounts
    .command('recover')
    .description(
      'make a root account in the store of the settings, when nobody can log in any more',
    )
    .action(recover)
}
