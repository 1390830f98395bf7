import type { PublicKey } from '../domain/credentials/public-key.ts'
import type { FetchedKeySet } from '../http/key-sets.ts'
import { Recent } from './recent.ts'

/** The keys that are published at a place; or why none are known, and whether asking again helps. */
type Published =
  | { readonly ok: true; readonly keys: readonly PublicKey[] }
  | { readonly ok: false; readonly isBusy: boolean; readonly why: string }

/** Tells the keys at a place; one whose keys are not enough for a login is read again, if it may be. */
export type PublishedKeys = (
  uri: string,
  isEnough: (keys: readonly PublicKey[]) => boolean,
) => Promise<Published>

/** Where key sets come from, and who is told of what is wrong with them. */
export interface PublishedOptions {
  readonly read: (uri: string) => Promise<FetchedKeySet>
  /** Milliseconds. */
  readonly now: () => number
  readonly onFailure: (uri: string, error: unknown) => void
  /** Told when what was skipped of a set is not what was skipped of it before. */
  readonly onSkipped: (uri: string, skipped: readonly string[]) => void
}

/** One that failed is left alone for so long. */
const failureMs = 60_000
/** Logins with a kid that is not in the set make it read again, but not sooner than this. */
const unknownKidMs = 10_000
/** For so long after a set went stale its keys stay good while its host fails. */
const graceMs = 3_600_000
const mostPlaces = 1000
const mostWaiting = { atPlace: 100, atAll: 500 } as const

interface Kept {
  readonly keys: readonly PublicKey[]
  /** When its reading began, and for how long it is fresh from then on. */
  readonly readAt: number
  readonly freshMs: number
}

/** What is known of one place. */
interface Place {
  readonly uri: string
  kept: Kept | undefined
  failedAt: number | undefined
  why: string
  skipped: string
  reading: Promise<void> | undefined
  waiting: number
}

/** Whether a moment lies in a span of time. A clock that was set back is in none that began later. */
function isWithin(now: number, since: number | undefined, spanMs: number): boolean {
  return since !== undefined && since <= now && now < since + spanMs
}

const isGood = ({ kept }: Place, now: number) =>
  kept !== undefined && isWithin(now, kept.readAt, kept.freshMs + graceMs)

/** Whether a place is to be read, and whether a login is to wait for that. */
function need(place: Place, isEnough: (keys: readonly PublicKey[]) => boolean, now: number) {
  const { kept, failedAt } = place
  if (isWithin(now, failedAt, failureMs)) return 'none'
  if (!kept || !isGood(place, now)) return 'first'
  if (!isWithin(now, kept.readAt, kept.freshMs)) return failedAt === undefined ? 'first' : 'beside'
  const mayAsk = !isWithin(now, kept.readAt, unknownKidMs)
  return mayAsk && !isEnough(kept.keys) ? 'first' : 'none'
}

function placeOf(places: Recent<string, Place>, uri: string): Place {
  const known = places.get(uri)
  if (known) return known
  const made: Place = {
    uri,
    kept: undefined,
    failedAt: undefined,
    why: '',
    skipped: '',
    reading: undefined,
    waiting: 0,
  }
  places.set(uri, made)
  return made
}

/** Reads a place, once for all who want it read. Never fails: the place knows how it went. */
function placeReader(options: PublishedOptions): (place: Place) => Promise<void> {
  const read = async (place: Place): Promise<void> => {
    const { uri } = place
    const readAt = options.now()
    try {
      const { keys, skipped, freshSeconds } = await options.read(uri)
      place.kept = { keys, readAt, freshMs: freshSeconds * 1000 }
      place.failedAt = undefined
      const isNews = place.skipped !== skipped.join()
      place.skipped = skipped.join()
      if (isNews) options.onSkipped(uri, skipped)
    } catch (error) {
      place.failedAt = readAt
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

function published(place: Place, now: number): Published {
  if (place.kept && isGood(place, now)) return { ok: true, keys: place.kept.keys }
  return { ok: false, isBusy: false, why: `its key set was not read: ${place.why}` }
}

/**
 * The key sets that clients publish, each read again before it is used when it is no longer fresh,
 * so that a key that was taken out of it ends. While its host fails, keys that were good stay so for
 * an hour, and nobody waits. Whoever waits is bounded, here and at each place.
 */
export function publishedKeys(options: PublishedOptions): PublishedKeys {
  const places = new Recent<string, Place>(mostPlaces)
  const read = placeReader(options)
  let waiting = 0
  const isCrowded = (place: Place) =>
    place.waiting >= mostWaiting.atPlace || waiting >= mostWaiting.atAll
  const wait = async (place: Place): Promise<void> => {
    place.waiting += 1
    waiting += 1
    await read(place)
    place.waiting -= 1
    waiting -= 1
  }
  return async (uri, isEnough) => {
    const place = placeOf(places, uri)
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
