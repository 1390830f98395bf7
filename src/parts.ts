import { resolve } from 'node:path'
import type { Settings } from './config/schema.ts'
import type { Actor, Context } from './domain/context.ts'
import { Directory, writingThrough } from './domain/directory.ts'
import { LoginBook } from './domain/logins.ts'
import { type Pepper, pepperOf, Secret } from './domain/secret.ts'
import type { Store } from './domain/store.ts'
import { Throttle } from './domain/throttle.ts'
import { openKeyring } from './signing/keyring.ts'
import { ensurePepper } from './storage/data-folder.ts'
import { isEmbedded, openStore } from './storage/open.ts'
import type { Logger } from './telemetry/logger.ts'

/** What the process was given: everything else follows from it. */
export interface World {
  readonly settings: Settings
  readonly log: Logger
  /** Milliseconds. */
  readonly now: () => number
}

type Peppers = readonly [Pepper, ...Pepper[]]

export interface Parts {
  readonly store: Store
  readonly directory: Directory
  readonly peppers: Peppers
  readonly keyring: Awaited<ReturnType<typeof openRing>>
  readonly book: LoginBook
  readonly throttle: Throttle
  /** The world for a use case. */
  readonly use: (actor: Actor, requestId: string) => Context
}

async function loadPeppers({ secret, data, storage }: Settings, store: Store): Promise<Peppers> {
  const current =
    secret.pepper === '' && isEmbedded(storage.uri)
      ? await ensurePepper(resolve(data.dir), (await store.head()) > 0)
      : new Secret(secret.pepper)
  const retired = secret.retiredPeppers.map((value) => pepperOf(new Secret(value)))
  return [pepperOf(current), ...retired]
}

async function openRing({ settings, log, now }: World) {
  const { keys, signing, tokens } = settings
  const keyring = await openKeyring({
    dir: resolve(keys.dir),
    alg: signing.alg,
    ...(keys.passphrase !== '' && { passphrase: new Secret(keys.passphrase) }),
    now,
    maxTokenLifetimeSeconds: tokens.accessSeconds,
  })
  for (const warning of keyring.warnings) log.warn(warning)
  if (keyring.madeFirst) log.info('made the first signing key', { kid: keyring.current.kid })
  return keyring
}

/** Opens store and keys and loads what logins need. Fails when one of them cannot be used. */
export async function openParts(world: World): Promise<Parts> {
  const { settings, log, now } = world
  const keyring = await openRing(world)
  const opened = await openStore(settings.storage, (secondsLeft, reason) => {
    log.warn('waiting for the store', { secondsLeft, reason })
  })
  await opened.settle()
  const peppers = await loadPeppers(settings, opened)
  const directory = await Directory.load(opened, now)
  const store = writingThrough(opened, directory)
  const { credentials, accounts, oauth } = settings
  const limits = {
    liveCredentials: credentials.maxLive,
    overlapSeconds: credentials.maxOverlapSeconds,
    tombstoneSeconds: accounts.tombstoneSeconds,
  }
  return {
    store,
    directory,
    peppers,
    keyring,
    book: new LoginBook(now),
    throttle: new Throttle(oauth.throttleFailures, now),
    use: (actor, requestId) => ({ store, actor, requestId, peppers, limits, now }),
  }
}
