import { type Clock, monotonicOf, type Pauses, pausesBy } from './clock.ts'
import { OstiaryError } from './failure.ts'
import { type Received, send } from './send.ts'
import { type AccessTokenClaims, kindOfClaims, tokenKinds } from './token-kinds.ts'
import type { TokenSource } from './token-source.ts'
import type { TransportOptions } from './transport.ts'
import { pause } from './waiting.ts'
import { membersOf, textOf } from './words.ts'

/** Whose revocations are followed, and by whom. */
export interface RevocationFeedOptions extends TransportOptions, Clock {
  /** The issuer identifier of the server. */
  readonly issuer: string
  /** Tokens for the server itself: an account sees the revocations of its company, or all of them. */
  readonly token: TokenSource
  /** How long one question may wait for news, at most 60; 30 when absent. */
  readonly waitSeconds?: number | undefined
  /** Is told each failure; the feed goes on by itself. */
  readonly report?: ((failure: OstiaryError) => void) | undefined
  /** Ends the feed. What it knows stays known. */
  readonly signal?: AbortSignal | undefined
}

/** What a feed has told of a token. */
export interface Told {
  /** Whether it is over for good; or else its status list says so, when it is read anew. */
  readonly isOver: boolean
  /** From when on that list must have been read, by the clock that only goes forward. */
  readonly readFrom: number
}

/** What was revoked of late; for `verifier`. */
export interface RevocationFeed {
  readonly told: (claims: AccessTokenClaims) => Told | undefined
  /** Whether the last question was answered: if not, status lists alone tell of revocations. */
  readonly isLive: () => boolean
}

/** The latest are kept: the oldest go first. */
const mostKept = 100_000
const longestWaitSeconds = 60
const waitByDefault = 30
const patienceMs = 10_000
/** An empty answer that came sooner than this did not wait: the next question does. */
const leastRoundMs = 1000
/** A status list that is read so long after a revocation was told has it. */
const listLagMs = 2000

/** What an entry ends, the narrowest of what it names; with the claim that tokens have it in. */
const reaches = [
  { member: 'jti', claim: 'jti', isOfMoment: false },
  { member: 'token_id', claim: 'token_id', isOfMoment: false },
  { member: 'credential_id', claim: 'credential_id', isOfMoment: false },
  { member: 'account', claim: 'sub', isOfMoment: true },
  { member: 'project', claim: 'project_id', isOfMoment: true },
  { member: 'company', claim: 'company_id', isOfMoment: true },
] as const

/** When something ended by the clock of the server, and when that was told by the one that only goes forward. */
interface Ended {
  readonly at: number
  readonly toldAt: number
}

/** By what is ended, and its id. */
type Known = Map<string, Ended>

/** What is ended: all that has this id, or what is of one kind. */
const keyOf = (member: string, id: unknown, kind = '') => `${member} ${id} ${kind}`

function keep(known: Known, key: string, ended: Ended): void {
  known.delete(key)
  known.set(key, ended)
  const [oldest] = known.keys()
  if (known.size > mostKept && oldest !== undefined) known.delete(oldest)
}

function take(known: Known, entry: unknown, toldAt: number): void {
  const members = membersOf(entry)
  const found = reaches.find(({ member }) => textOf(members[member]) !== undefined)
  if (found === undefined) return
  const at = Date.parse(textOf(members['at']) ?? '')
  // An entry without a time ends whatever it names: sooner one too many than one too few.
  const ended = { at: Number.isNaN(at) ? Number.POSITIVE_INFINITY : at, toldAt }
  // An entry for a kind that is not known here ends tokens of every kind, for the same reason.
  const kind = tokenKinds.find((one) => one === members['kind']) ?? ''
  keep(known, keyOf(found.member, members[found.member], kind), ended)
}

/** The millisecond of a UUID of version 7; NaN for other texts. */
function timeOfUuid(id: string): number {
  const isUuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7/i.test(id)
  return isUuid7 ? Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16) : Number.NaN
}

/** The millisecond in the id of an access token: `tok_`, then nine digits to base 36; or NaN. */
function timeOfToken(id: string): number {
  const [, time] = /^tok_([0-9a-z]{9})/.exec(id) ?? []
  return time === undefined ? Number.NaN : Number.parseInt(time, 36)
}

/** When a token was made, in milliseconds: its `iat` counts seconds, and its id is finer. */
function madeAt({ jti, iat }: AccessTokenClaims): number {
  const fine = [timeOfUuid(jti), timeOfToken(jti)].find((time) => Math.floor(time / 1000) === iat)
  return fine ?? iat * 1000
}

/** What a token ended with, as far as that was told. */
function endingsOf(known: Known, claims: AccessTokenClaims) {
  return reaches.flatMap(({ member, claim, isOfMoment }) => {
    const told = ['', kindOfClaims(claims)].flatMap(
      (kind) => known.get(keyOf(member, claims[claim], kind)) ?? [],
    )
    const meant = told.filter(({ at }) => !isOfMoment || madeAt(claims) <= at)
    return meant.map(({ toldAt }) => ({ isOfMoment, toldAt }))
  })
}

/**
 * What ended with a moment may begin again: of a token that lives long, the status list has the last
 * word.
 */
function toldOf(known: Known, claims: AccessTokenClaims, now: number): Told | undefined {
  const endings = endingsOf(known, claims)
  if (endings.length === 0) return undefined
  const toldAt = Math.max(...endings.map((ending) => ending.toldAt))
  const settledAt = toldAt + listLagMs
  return {
    isOver: claims.token_id === undefined || endings.some(({ isOfMoment }) => !isOfMoment),
    readFrom: now < settledAt ? toldAt : settledAt,
  }
}

interface Following {
  readonly options: RevocationFeedOptions
  readonly known: Known
  readonly pauses: Pauses
  cursor: string | undefined
}

async function ask({ options, cursor }: Following): Promise<Received> {
  const { issuer, signal, timeoutMs = patienceMs, waitSeconds = waitByDefault } = options
  const wait = Math.min(waitSeconds, longestWaitSeconds)
  const { value } = await options.token({ signal })
  const query = new URLSearchParams(
    cursor === undefined ? {} : { since: cursor, wait: String(wait) },
  )
  const target = `${issuer.replace(/\/+$/, '')}/api/revocations?${query}`
  const headers = { authorization: `Bearer ${value}` }
  const how = { ...options, timeoutMs: timeoutMs + wait * 1000 }
  return await send(target, { method: 'GET', headers }, how)
}

/** Takes in what an answer tells; answers how much that was. */
function takeAll(following: Following, { body, status }: Received): number {
  const { revocations, next } = membersOf(body)
  const cursor = textOf(next)
  if (!Array.isArray(revocations) || cursor === undefined) {
    const message = 'the feed answered without revocations and next: is it an Ostiary server?'
    throw new OstiaryError('unexpected_answer', message, { status })
  }
  const toldAt = monotonicOf(following.options)()
  for (const entry of revocations) take(following.known, entry, toldAt)
  following.cursor = cursor
  return revocations.length
}

/** One question and its answer; a cursor that the server does not take is given up. */
async function round(following: Following): Promise<void> {
  const monotonic = monotonicOf(following.options)
  const askedAt = monotonic()
  const isFirst = following.cursor === undefined
  const count = takeAll(following, await ask(following))
  const left = isFirst || count > 0 ? 0 : askedAt + leastRoundMs - monotonic()
  following.pauses.succeeded(Math.max(left, 0))
}

function failed(following: Following, error: unknown): void {
  const told = error instanceof OstiaryError ? error : undefined
  if (told?.status === 400) following.cursor = undefined
  following.pauses.failed({ askedSeconds: told?.retryAfterSeconds, free: true })
  if (told) following.options.report?.(told)
}

/** Asks for what was revoked since, again and again, until the signal ends it. */
async function follow(following: Following, heard: (isLive: boolean) => void): Promise<void> {
  const { signal } = following.options
  while (!signal?.aborted) {
    try {
      await round(following)
      heard(true)
    } catch (error) {
      heard(false)
      if (!signal?.aborted) failed(following, error)
    }
    await pause(following.pauses.leftMs(), signal)
  }
}

/**
 * Follows the revocations of a server by one long question after another, for verifiers that want
 * to know within seconds. Where it fails it goes on by itself, with pauses; meanwhile, and for what
 * was revoked before it began, status lists tell. It goes on until its signal ends it.
 */
export function revocationFeed(options: RevocationFeedOptions): RevocationFeed {
  const pauses = pausesBy(monotonicOf(options))
  const following: Following = { options, known: new Map(), pauses, cursor: undefined }
  let isLive = false
  void follow(following, (heard) => {
    isLive = heard
  })
  return {
    told: (claims) => toldOf(following.known, claims, monotonicOf(options)()),
    isLive: () => isLive,
  }
}
