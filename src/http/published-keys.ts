import { Recent } from '../domain/recent.ts'
import type { FetchedKeySet } from './key-sets.ts'

/** The keys that are published at a place; or why none are known, and whether asking again helps. */
type Published<K> =
  | { readonly ok: true; readonly keys: readonly K[] }
  | { readonly ok: false; readonly isBusy: boolean; readonly why: string }

/** Tells the keys at a place; one whose keys are not enough for a login is read again, if it may be. */
export type PublishedKeys<K> = (
  uri: string,
  isEnough: (keys: readonly K[]) => boolean,
) => Promise<Published<K>>

/** Where key sets come from, and who is told of what is wrong with them. */
export interface PublishedOptions<K> {
  readonly read: (uri: string) => Promise<FetchedKeySet<K>>
  /** For so long after a set went stale its keys stay good while its host fails. */
  readonly graceSeconds: number
  /** Milliseconds. */
  readonly now: () => number
  readonly onFailure: (uri: string, error: unknown) => void
  /** Told when what was skipped of a set is not what was skipped of it before. */
  readonly onSkipped: (uri: string, skipped: readonly string[]) => void
}

/** One that failed is left alone for so long, twice as long after each further failure, up to the most. */
const failureMs = { first: 1000, most: 60_000 } as const
/** Logins with a kid that is not in the set make it read again, but not sooner than this. */
const unknownKidMs = 10_000
const mostPlaces = 1000
const mostWaiting = { atPlace: 100, atAll: 500 } as const

interface Kept<K> {
  readonly keys: readonly K[]
  /** When its reading began, and for how long it is fresh from then on. */
  readonly readAt: number
  readonly freshMs: number
}

/** What is known of one place. */
interface Place<K> {
  readonly uri: string
  /** For so long keys that went stale stay good. */
  readonly graceMs: number
  kept: Kept<K> | undefined
  failedAt: number | undefined
  /** How often in a row. */
  failures: number
  why: string
  skipped: string
  reading: Promise<void> | undefined
  waiting: number
}

/** Whether a moment lies in a span of time. A clock that was set back is in none that began later. */
function isWithin(now: number, since: number | undefined, spanMs: number): boolean {
  return since !== undefined && since <= now && now < since + spanMs
}

const isGood = <K>({ kept, graceMs }: Place<K>, now: number) =>
  kept !== undefined && isWithin(now, kept.readAt, kept.freshMs + graceMs)

const pauseMs = (failures: number) =>
  Math.min(failureMs.first * 2 ** (failures - 1), failureMs.most)

/** Whether a place is to be read, and whether a login is to wait for that. */
function need<K>(place: Place<K>, isEnough: (keys: readonly K[]) => boolean, now: number) {
  const { kept, failedAt, failures } = place
  if (isWithin(now, failedAt, pauseMs(failures))) return 'none'
  if (!kept || !isGood(place, now)) return 'first'
  const isLacking = !isEnough(kept.keys)
  if (!isWithin(now, kept.readAt, kept.freshMs)) {
    return failedAt === undefined || isLacking ? 'first' : 'beside'
  }
  return isLacking && !isWithin(now, kept.readAt, unknownKidMs) ? 'first' : 'none'
}

function newPlace<K>(uri: string, graceMs: number): Place<K> {
  return {
    uri,
    graceMs,
    kept: undefined,
    failedAt: undefined,
    failures: 0,
    why: '',
    skipped: '',
    reading: undefined,
    waiting: 0,
  }
}

/** Reads a place, once for all who want it read. Never fails: the place knows how it went. */
function placeReader<K>(options: PublishedOptions<K>): (place: Place<K>) => Promise<void> {
  const read = async (place: Place<K>): Promise<void> => {
    const { uri } = place
    const readAt = options.now()
    try {
      const { keys, skipped, freshSeconds } = await options.read(uri)
      place.kept = { keys, readAt, freshMs: freshSeconds * 1000 }
      place.failedAt = undefined
      place.failures = 0
      const isNews = place.skipped !== skipped.join()
      place.skipped = skipped.join()
      if (isNews) options.onSkipped(uri, skipped)
    } catch (error) {
      place.failedAt = options.now()
      place.failures += 1
      place.why = String(error)
      options.onFailure(uri, error)
    }
    place.reading = undefined
  }
  return (place) => {
    place.reading ??= read(place)
    return place.reading
  }
}

function published<K>(place: Place<K>, now: number): Published<K> {
  if (place.kept && isGood(place, now)) return { ok: true, keys: place.kept.keys }
  return { ok: false, isBusy: false, why: `its key set was not read: ${place.why}` }
}

/**
 * The key sets that others publish, each read again before it is used when it is no longer fresh,
 * so that a key that was taken out of it ends. While its host fails, keys that were good stay so for
 * a while, and nobody waits. Whoever waits is bounded, here and at each place.
 */
export function publishedKeys<K>(options: PublishedOptions<K>): PublishedKeys<K> {
  const places = new Recent<string, Place<K>>(mostPlaces)
  const read = placeReader(options)
  let waiting = 0
  const isCrowded = (place: Place<K>) =>
    place.waiting >= mostWaiting.atPlace || waiting >= mostWaiting.atAll
  const wait = async (place: Place<K>): Promise<void> => {
    place.waiting += 1
    waiting += 1
    await read(place)
    place.waiting -= 1
    waiting -= 1
  }
  return async (uri, isEnough) => {
    const place = places.get(uri) ?? newPlace(uri, options.graceSeconds * 1000)
    places.set(uri, place)
    const now = options.now()
    const needed = need(place, isEnough, now)
    if (needed === 'first' && isCrowded(place)) {
      return { ok: false, isBusy: true, why: 'too many logins wait for key sets' }
    }
    if (needed === 'first') await wait(place)
    else if (needed === 'beside') void read(place)
    return published(place, options.now())
  }
}
