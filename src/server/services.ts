import { BcryptChecker } from '../bcrypt/checker.ts'
import type { Settings } from '../config/schema.ts'
import { Directory } from '../directory/directory.ts'
import { knownStore } from '../directory/known-store.ts'
import type { Actor, Context } from '../domain/context.ts'
import type { ProjectRules } from '../domain/projects/rules.ts'
import type { Store } from '../domain/store.ts'
import { tokenCheck } from '../domain/tokens/check.ts'
import { type Checked, tokenKinds } from '../domain/tokens/kinds.ts'
import { CallTurns } from '../http/call-turns.ts'
import { Throttle } from '../oauth/throttle.ts'
import { verifyJwt } from '../signing/jwt.ts'
import { type Keyring, openKeyring } from '../signing/keyring.ts'
import { listKeys } from '../signing/list.ts'
import { openStore } from '../storage/open.ts'
import { faultFields, type Logger } from '../telemetry/logger.ts'
import { type ClientKeys, openClientKeys } from './client-keys.ts'
import { ClockWatch } from './clock-watch.ts'
import { assertKeysOwn, assertKeysThere } from './installation/check-keys.ts'
import { assertInPlace } from './installation/in-place.ts'
import { adoptFolder, keyPlace, passphraseIn } from './installation/key-place.ts'
import { LastUses } from './last-uses.ts'
import { openMint } from './mint.ts'
import { onceAMinute } from './once-a-minute.ts'
import { Outage } from './outage.ts'
import { openPeople, type PersonOf } from './people.ts'
import { loadPeppers, type Peppers } from './peppers.ts'
import { settledIssuers } from './person-issuers.ts'
import { RefusedLogins } from './refused-logins.ts'
import { Renewals } from './renewals.ts'

/** What the process was given: everything else follows from it. */
export interface Runtime {
  readonly settings: Settings
  readonly log: Logger
  /** Milliseconds. */
  readonly now: () => number
}

/** What the store was last known to say. */
interface StoreHealth {
  /** Replay records that ended before it (ms) may be gone: an assertion that old is refused. */
  reservationHorizon: number
  /** False after a write failed for want of room, or for good. */
  takesWrites: boolean
}

/** The opened parts of one server, which its handlers and tasks share. */
export interface Services extends Runtime {
  readonly issuer: string
  readonly store: Store
  readonly storeHealth: StoreHealth
  readonly directory: Directory
  readonly clock: ClockWatch
  readonly peppers: Peppers
  readonly keyring: Keyring
  readonly refusedLogins: RefusedLogins
  readonly lastUses: LastUses
  readonly renewals: Renewals
  readonly outage: Outage
  readonly throttle: Throttle
  readonly clientKeys: ClientKeys
  /** When management calls begin: they leave room for logins. */
  readonly turns: CallTurns
  /** Checks secrets that another server digested. */
  readonly bcrypt: BcryptChecker
  /** Whether a token is one of ours and still stands, by what is known here. */
  readonly check: (token: string) => Checked
  /** Signs in who holds a token of a trusted issuer; undefined when it is none, or not good. */
  readonly personOf: PersonOf
  /** Fails with `store.unavailable` when what is known here is too old, and cannot be renewed. */
  readonly ensureFresh: () => Promise<void>
  /** The context of a use case that this actor asks for. */
  readonly contextFor: (actor: Actor, requestId: string) => Context
}

async function openKeys({ settings, log, now }: Runtime, ctx: Context): Promise<Keyring> {
  const { signing, tokens } = settings
  const place = keyPlace(settings, () => ctx)
  const adopted = await adoptFolder(settings, place)
  if (adopted.length > 0) log.info('took the signing keys of keys.dir', { kids: adopted })
  const life = {
    maxTokenLifetimeSeconds: tokenKinds.access.life(tokens),
    neededUntil: ctx.known.lastTokenEndOf,
  }
  const there = await listKeys({ place, ...life, now })
  await assertKeysThere(ctx, settings, new Set(there.map(({ kid }) => kid)))
  await assertKeysOwn(ctx, place)
  const home = { place, ...passphraseIn(settings) }
  const keyring = await openKeyring({ ...home, alg: signing.alg, ...life, now })
  for (const warning of keyring.warnings) log.warn(warning)
  if (keyring.madeFirst) log.info('made the first signing key', { kid: keyring.current.kid })
  return keyring
}

/** Waits for the store, and finishes what a crash left in it. */
export async function openSettled({ settings, log, now }: Runtime): Promise<Store> {
  const isTime = onceAMinute(now)
  const store = await openStore(settings.storage, (secondsLeft, reason) => {
    if (isTime(false)) log.warn('waiting for the store', { secondsLeft, reason })
  })
  await store.settle()
  return store
}

/** What the settings let the rules know of projects. */
export function projectRulesOf({ kubermatic }: Settings): ProjectRules {
  return {
    company: kubermatic.company,
    createdBy: kubermatic.projectCreation,
    accountsManagedBy: kubermatic.serviceAccountManagement,
  }
}

/** What the settings let the rules know. */
export function limitsOf({ credentials, accounts, tokens }: Settings): Context['limits'] {
  return {
    liveCredentials: credentials.maxLive,
    overlapSeconds: credentials.maxOverlapSeconds,
    tombstoneSeconds: accounts.tombstoneSeconds,
    projectTokenSeconds: tokenKinds.project.life(tokens),
  }
}

function openCheck({ settings, now }: Runtime, issuer: string) {
  const rules = {
    issuer,
    now,
    // For the clock of the process that issued it; `exp` is exact.
    toleranceSeconds: settings.oauth.assertions.clockToleranceSeconds,
    typ: ['at+jwt', 'JWT'],
  }
  return (keyring: Keyring, directory: Directory) =>
    tokenCheck((token) => verifyJwt(token, keyring, rules), directory, now)
}

/** Loads what logins need of a store that is open. */
async function servicesOn(opened: Store, runtime: Runtime, issuer: string): Promise<Services> {
  const { settings, now } = runtime
  await assertInPlace(settings, opened)
  const peppers = await loadPeppers(settings, opened)
  const limits = limitsOf(settings)
  const directory = await Directory.load(opened, now)
  const lastUses = new LastUses(now)
  const store = lastUses.over(knownStore(opened, directory))
  const people = settledIssuers(settings, issuer)
  const projects = projectRulesOf(settings)
  const opening = { store, known: directory, peppers, limits, people, projects, now }
  const system = {
    ...opening,
    actor: { kind: 'system', name: 'server' },
    requestId: 'start',
  } as const
  const keyring = await openKeys(runtime, system)
  const mint = openMint({ settings, issuer, keyring, ctx: { ...system, requestId: 'mint' } })
  const contextFor = (actor: Actor, requestId: string) => ({ ...opening, mint, actor, requestId })
  const renewals = new Renewals(peppers)
  return {
    ...runtime,
    issuer,
    store,
    storeHealth: { reservationHorizon: await store.reservationHorizon(), takesWrites: true },
    directory,
    clock: new ClockWatch({ now }),
    peppers,
    keyring,
    refusedLogins: new RefusedLogins(now),
    lastUses,
    renewals,
    outage: new Outage(runtime.log, now),
    throttle: new Throttle(settings.oauth.throttleFailures, now),
    clientKeys: openClientKeys({ directory, peppers, settings, lastUses, renewals, now }),
    turns: new CallTurns(),
    bcrypt: new BcryptChecker({
      onFailure: (error) => runtime.log.error('bcrypt cannot be checked', faultFields(error)),
    }),
    personOf: openPeople({ ...runtime, directory, settled: people, contextFor, lastUses }),
    check: openCheck(runtime, issuer)(keyring, directory),
    ensureFresh: () => directory.ensureFresh(settings.storage.maxStalenessSeconds),
    contextFor,
  }
}

/** Opens store and keys and loads what logins need. Fails when one of them cannot be used. */
export async function openServices(runtime: Runtime, issuer: string): Promise<Services> {
  const opened = await openSettled(runtime)
  try {
    return await servicesOn(opened, runtime, issuer)
  } catch (error) {
    await opened.close()
    throw error
  }
}
