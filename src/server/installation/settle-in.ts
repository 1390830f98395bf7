import type { Context } from '../../domain/context.ts'
import type { Services } from '../services.ts'
import { missingKeys, recordKeys } from './check-keys.ts'
import { checkPeppers, missingPepper } from './check-peppers.ts'
import { markFolders } from './in-place.ts'

/** The context of what a start and the background do for the installation as a whole. */
function contextOf({ contextFor }: Pick<Services, 'contextFor'>): Context {
  return contextFor({ kind: 'system', name: 'server' }, 'installation')
}

/** Compares peppers and keys with what the store knows, and notes in store and folders what is new. */
export async function settleIn(services: Services): Promise<void> {
  const { peppers, settings, store } = services
  await checkPeppers(contextOf(services), peppers)
  await followKeysOf(services)
  await markFolders(settings, store)
}

/** Tells the store, and with it the log, what happened to the signing keys. */
export async function followKeysOf(services: Services): Promise<void> {
  await recordKeys(contextOf(services), services.settings, services.keyring)
}

/** Says when another process signs with a key that is not in our folder: we refuse its tokens. */
export async function warnOfMissingKeys(services: Services): Promise<void> {
  const kids = new Set(services.keyring.seen.map(({ kid }) => kid))
  const missing = await missingKeys(contextOf(services), services.settings, kids)
  if (missing.length === 0) return
  services.log.warn(
    'signing keys of this installation are not where ours are: their tokens are refused',
    {
      kids: missing,
    },
  )
}

/** Says when another process digests with a pepper that is not in our settings: we refuse its secrets. */
export async function warnOfMissingPepper(services: Services): Promise<void> {
  const pepperId = await missingPepper(contextOf(services), services.peppers)
  if (pepperId === undefined) return
  services.log.warn(
    'another process digests with a pepper that is not known here, and its secrets are refused: name it in secret.retiredPeppers, or make it secret.pepper, and restart',
    { pepperId },
  )
}

/** Says how many accounts still log in with what another server kept of their secret. */
export function warnOfForeignSecrets({ directory, log }: Services): void {
  const secrets = directory.foreignCosts.total
  if (secrets === 0) return
  log.warn(
    'secrets are kept as another server digested them, each until its first login here; "ostiary pepper status" names the accounts',
    { secrets },
  )
}
