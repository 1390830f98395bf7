import { resolve } from 'node:path'
import { newClientId } from '../../domain/ids.ts'
import { isMistyped, newSecret, Secret } from '../../domain/secret.ts'
import type { Services } from '../services.ts'
import { type FirstCredentials, isEmptyStore, makeFirstAccount } from './account.ts'
import { confirmNote, dropNote, readNote, writeNote } from './note.ts'

interface Wishes {
  readonly clientId: string
  readonly clientSecret: string
  readonly clientKey: string
}

/** What a first start made, and the file that keeps it. */
export interface FirstStart {
  readonly file: string
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

function choose(wishes: Wishes): FirstCredentials {
  assertTyped(wishes)
  const { clientId, clientSecret, clientKey } = wishes
  return {
    clientId: clientId || newClientId(),
    clientSecret: clientSecret ? new Secret(clientSecret) : newSecret('secret'),
    clientKey: clientKey ? new Secret(clientKey) : newSecret('clientKey'),
  }
}

/**
 * On an empty store: chooses the first credentials, notes them in the data folder, then makes the
 * account, then says so. A crash between any two steps is finished by the next start.
 */
export async function firstStart({
  settings,
  issuer,
  contextFor,
}: Pick<Services, 'settings' | 'issuer' | 'contextFor'>): Promise<FirstStart | undefined> {
  const dir = resolve(settings.data.dir)
  const ctx = contextFor({ kind: 'system', name: 'first start' }, 'first-start')
  if ((await readNote(dir)) === undefined) {
    if (!(await isEmptyStore(ctx))) return undefined
    await writeNote(dir, issuer, choose(settings.bootstrap))
  }
  const first = await readNote(dir)
  if (!first) return undefined
  if (!(await makeFirstAccount(ctx, first))) {
    await dropNote(dir)
    return undefined
  }
  return { file: await confirmNote(dir), first }
}
