import { setImmediate as immediate } from 'node:timers/promises'
import { makeCheckpoint } from '../domain/audit/checkpoint.ts'
import { newestEvent } from '../domain/audit/newest.ts'
import { finishProjects } from '../domain/projects/owners.ts'
import { purgeBindings } from '../domain/purge/bindings.ts'
import { purgeOrphans } from '../domain/purge/orphans.ts'
import { purgeTokens } from '../domain/purge/tokens.ts'
import { endOverlaps } from '../domain/tokens/end-overlap.ts'
import { warnOfEnd } from '../domain/tokens/ends-soon.ts'
import { signCheckpoint } from '../signing/checkpoint.ts'
import { faultFields } from '../telemetry/logger.ts'
import { clockToleranceMs } from './clock-watch.ts'
import { markFolders } from './installation/in-place.ts'
import { followKeysOf, warnOfMissingKeys, warnOfMissingPepper } from './installation/settle-in.ts'
import { onceAMinute } from './once-a-minute.ts'
import type { Services } from './services.ts'
import { sweepUses } from './sweep-uses.ts'
import { repeat, type Task } from './tasks.ts'

const sweepMs = 30_000
const forgetUsesMs = 3_600_000
const compareMs = 30_000
const clockMs = 10_000
/** Tombstones stay for at least a minute. */
const purgeBindingsMs = 20_000
const mostPurged = 1000
const purgeTokensMs = 1000
const warnMs = 20_000
const endOverlapsMs = 1000
/** So many overlaps are ended in one round. */
const mostEnded = 1000
const purger = { kind: 'system', name: 'purge' } as const

async function followStore({ directory, store, storeHealth, outage }: Services): Promise<void> {
  await directory.catchUp()
  storeHealth.reservationHorizon = await store.reservationHorizon()
  try {
    await store.probeWrites()
    storeHealth.takesWrites = true
  } catch (error) {
    storeHealth.takesWrites = false
    throw error
  }
  outage.end()
}

/** Writes the refused logins and last uses that were gathered; what is not yet due waits. */
export async function writeGathered(
  { refusedLogins, lastUses, store }: Services,
  isLast = false,
): Promise<void> {
  await refusedLogins.write(store, isLast)
  await lastUses.write(store, isLast)
}

/** Digests with the current pepper what showed itself to need a retired one. */
async function digestAnew({ renewals, contextFor }: Services): Promise<void> {
  await renewals.write(contextFor({ kind: 'system', name: 'server' }, 'digest-anew'))
}

/** Asks others for the time. */
async function compareClocks({ clock, store }: Services): Promise<void> {
  const last = await newestEvent(store)
  clock.compare({ store: await store.clock(), lastEvent: last?.at })
}

/** Says once a minute when this process is alone with its time. */
function clockWatcher(services: Services): () => Promise<void> {
  const isTime = onceAMinute(() => performance.now())
  return async () => {
    await compareClocks(services)
    const reason = services.clock.disagreement
    if (reason === undefined || !isTime(false)) return
    services.log.warn('the clock of this process is not believed: nothing is swept', { reason })
  }
}

async function sweep(services: Services): Promise<void> {
  const { directory, store, clock, now } = services
  await compareClocks(services)
  if (!clock.isBelieved) return
  directory.forgetExpired()
  // Between batches everything else has its turn: SQLite sweeps without a pause.
  while ((await store.sweep(now() - clockToleranceMs)).more) await immediate()
}

/** So many rounds pass at most without a walk: an account may be made below what was just deleted. */
const mostIdleRounds = 20

/**
 * Deletes what is below what was deleted. As long as the tree does not change there is seldom anything to
 * find, and the walk looks at every company.
 */
function purgerBelow({ contextFor, directory }: Services): () => Promise<void> {
  let [seen, idleRounds] = [-1, 0]
  return async () => {
    idleRounds += 1
    if (directory.revision === seen && idleRounds < mostIdleRounds) return
    const { revision } = directory
    const taken = await purgeOrphans(contextFor(purger, purger.name), mostPurged)
    // What a walk has taken may have had something below it, or have been only a part.
    seen = taken === 0 ? revision : -1
    idleRounds = 0
  }
}

/** Long before a tombstone is swept, so that no place comes again to rights that waited for it. */
async function purgeLoose({ contextFor }: Services): Promise<void> {
  await purgeBindings(contextFor(purger, purger.name))
}

async function purgeDeadTokens({ contextFor }: Services): Promise<void> {
  await purgeTokens(contextFor(purger, purger.name), mostPurged)
}

/** So many tokens are looked at in one slice of a turn. */
const tokensAtOnce = 20_000

/** Says of each token in time that it ends, a warning once, whichever process looks. */
async function warnOfEnds({ directory, contextFor, log, now }: Services): Promise<void> {
  const ctx = contextFor({ kind: 'system', name: 'expiry' }, 'expiry')
  const { tokens } = directory
  for (let from = 0; from < tokens.size; from += tokensAtOnce) {
    await directory.nextTurn()
    for (const id of tokens.dueIn(from, from + tokensAtOnce, now())) {
      for (const days of await warnOfEnd(ctx, id)) log.warn('a token ends soon', { id, days })
    }
  }
}

/** Ends the overlaps that are over, for good: not by a clock that is not believed. */
async function endOverlapsOver(services: Services): Promise<void> {
  const { directory, contextFor, clock, now } = services
  const ids = directory.tokens.overlapsOver(now(), mostEnded)
  if (ids.length === 0) return
  await compareClocks(services)
  if (!clock.isBelieved) return
  await endOverlaps(contextFor({ kind: 'system', name: 'expiry' }, 'expiry'), ids)
}

/** Lets the owners into projects that were only just made when their process ended. */
function finisher({ contextFor, directory }: Services): () => Promise<void> {
  let seen = -1
  return async () => {
    const { revision } = directory
    if (revision === seen) return
    const left = await finishProjects(contextFor({ kind: 'system', name: 'projects' }, 'projects'))
    seen = left === 0 ? revision : -1
  }
}

async function signLog({ store, keyring, now }: Services): Promise<void> {
  await makeCheckpoint(store, now(), (checkpoint) => signCheckpoint(keyring.current, checkpoint))
}

async function followKeys(services: Services): Promise<void> {
  if (await services.keyring.reload()) await followKeysOf(services)
}

/** So that an older copy of the store is known as such, and a folder or a setting that lacks a key is seen. */
async function compareFolders(services: Services): Promise<void> {
  await followKeysOf(services)
  await warnOfMissingKeys(services)
  await warnOfMissingPepper(services)
  await markFolders(services.settings, services.store)
}

function tasksOf(services: Services): readonly Task[] {
  const task = (name: string, everyMs: number, run: () => Promise<void>) => ({ name, everyMs, run })
  return [
    task('follow the event log', 400, () => followStore(services)),
    task('settle the event log', 1000, () => services.store.settle()),
    task('write what was gathered', 5000, () => writeGathered(services)),
    task('purge below what is gone', 1000, purgerBelow(services)),
    task('purge tokens of what is gone', purgeTokensMs, () => purgeDeadTokens(services)),
    task('warn of tokens that end', warnMs, () => warnOfEnds(services)),
    task('end what was let be', endOverlapsMs, () => endOverlapsOver(services)),
    task('let owners into new projects', 1000, finisher(services)),
    task('purge roles on what is gone', purgeBindingsMs, () => purgeLoose(services)),
    task('digest anew', 1000, () => digestAnew(services)),
    task('sign the audit log', 5000, () => signLog(services)),
    task('follow the keys folder', 2000, () => followKeys(services)),
    task('compare the folders with the store', compareMs, () => compareFolders(services)),
    task('compare the clocks', clockMs, clockWatcher(services)),
    task('forget last uses', forgetUsesMs, () => sweepUses(services)),
    task('sweep', sweepMs, () => sweep(services)),
  ]
}

/** Starts what a running server does besides answering; returns what stops it. */
export function runInBackground(services: Services): () => Promise<void> {
  const told = new Map<string, (isLast: boolean) => boolean>()
  return repeat(tasksOf(services), (name, error) => {
    if (services.outage.take(error)) return
    const isTime = told.get(name) ?? onceAMinute(services.now)
    told.set(name, isTime)
    if (isTime(false)) {
      services.log.warn('a background task failed', { task: name, ...faultFields(error) })
    }
  })
}
