import { resolve } from 'node:path'
import type { Context } from '../../domain/context.ts'
import { newClientId } from '../../domain/ids.ts'
import { isMistyped, newSecret, Secret } from '../../domain/secret.ts'
import { isUnused } from '../installation/unused.ts'
import type { Services } from '../services.ts'
import {
  completeFirstAccount,
  type FirstCredentials,
  hasFirstAccount,
  makeFirstAccount,
  unusedWishes,
  type Wishes,
} from './account.ts'
import { confirmNote, dropNote, readNote, writeNote } from './note.ts'

/** What a first start made, and the file that keeps it, unless the settings do. */
export interface FirstStart {
  readonly file: string | undefined
  readonly first: FirstCredentials
}

/** A value of our own form must be one of ours: otherwise every login with it would be refused. */
function assertTyped({ clientSecret, clientKey }: Wishes): void {
  const wrong = [
    isMistyped('secret', clientSecret) &&
      'bootstrap.clientSecret (OSTIARY_BOOTSTRAP_CLIENT_SECRET)',
    isMistyped('clientKey', clientKey) && 'bootstrap.clientKey (OSTIARY_BOOTSTRAP_CLIENT_KEY)',
  ].filter((name) => name !== false)
  if (wrong.length === 0) return
  const reason = 'begins like one of ours, but its checksum is wrong: is it mistyped?'
  throw new Error(`${wrong.join(' and ')}: ${reason}`)
}

function choose(wishes: Wishes, noted: FirstCredentials | undefined): FirstCredentials {
  assertTyped(wishes)
  const { clientId, clientSecret, clientKey } = wishes
  return {
    clientId: clientId || noted?.clientId || newClientId(),
    clientSecret: clientSecret
      ? new Secret(clientSecret)
      : (noted?.clientSecret ?? newSecret('secret')),
    clientKey: clientKey ? new Secret(clientKey) : (noted?.clientKey ?? newSecret('clientKey')),
  }
}

function isWhole({ clientId, clientSecret, clientKey }: Wishes): boolean {
  return clientId !== '' && clientSecret !== '' && clientKey !== ''
}

function areEqual(one: FirstCredentials, other: FirstCredentials): boolean {
  return (
    one.clientId === other.clientId &&
    one.clientSecret.reveal() === other.clientSecret.reveal() &&
    one.clientKey.reveal() === other.clientKey.reveal()
  )
}

interface Place {
  readonly dir: string
  readonly issuer: string
  readonly wishes: Wishes
}

/**
 * The credentials for an empty store: what the settings say wins over what was noted. What the
 * settings say in full is noted nowhere: any later start can read it there again.
 */
async function chooseFor(
  { dir, issuer, wishes }: Place,
  noted: FirstCredentials | undefined,
): Promise<FirstCredentials | undefined> {
  const chosen = choose(wishes, noted)
  if (noted && !isWhole(wishes) && areEqual(noted, chosen)) return noted
  if (noted) await dropNote(dir)
  if (isWhole(wishes)) return chosen
  await writeNote(dir, issuer, chosen)
  return await readNote(dir)
}

/** What this start is to make, or to finish; undefined when there is nothing to do. */
async function wanted(ctx: Context, place: Place): Promise<FirstCredentials | undefined> {
  const { dir } = place
  const noted = await readNote(dir)
  if (await isUnused(ctx.store)) return await chooseFor(place, noted)
  if (noted && (await hasFirstAccount(ctx))) return noted
  // The account that it was for is gone: it must not come back.
  if (noted) await dropNote(dir)
  return undefined
}

/**
 * On an empty store: chooses the first credentials, notes them in the data folder, makes the account
 * with them, then says so. The account is the one step that counts: what a crash leaves before it is
 * begun anew, and what it leaves after it any later start completes, of whichever process.
 */
export async function firstStart(
  services: Pick<Services, 'settings' | 'issuer' | 'contextFor' | 'log'>,
): Promise<FirstStart | undefined> {
  const { settings, issuer, contextFor, log } = services
  const dir = resolve(settings.data.dir)
  const ctx = contextFor({ kind: 'system', name: 'first start' }, 'first-start')
  const first = await wanted(ctx, { dir, issuer, wishes: settings.bootstrap })
  const isOurs = first !== undefined && (await makeFirstAccount(ctx, first))
  await completeFirstAccount(ctx)
  if (isOurs) return { first, file: await confirmNote(dir) }
  if (first) await dropNote(dir)
  for (const name of await unusedWishes(ctx, settings.bootstrap)) {
    log.warn(`${name} is set and not used: it is read on an empty store only. Unset it`)
  }
  return undefined
}
