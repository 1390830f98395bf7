import { failure } from './failure.ts'
import type { FindKey } from './issuer-keys.ts'
import { longestMsOf, type StatusOptions } from './issuer-options.ts'
import { type Kept, kept } from './kept.ts'
import { type ListReading, readStatusList, type StatusList } from './status-list.ts'
import { membersOf, shown, textOf } from './words.ts'

/**
 * Whether the list that the claim `status` of a token names has it revoked; by a reading no earlier
 * than a moment. Fails when that cannot be done: see `sdkCodes`.
 */
export type IsListedRevoked = (claim: unknown, notBefore?: number) => Promise<boolean>

/** Of so many lists the latest are kept: each takes up to 256 KiB. */
const mostLists = 64

interface Reference {
  readonly uri: string
  readonly idx: number
}

interface Listed extends Reference {
  readonly list: Kept<StatusList>
}

function referenceOf(claim: unknown): Reference {
  const { uri, idx } = membersOf(membersOf(claim)['status_list'])
  const place = textOf(uri)
  if (place !== undefined && typeof idx === 'number' && Number.isSafeInteger(idx) && idx >= 0) {
    return { uri: place, idx }
  }
  throw failure('invalid_token', 'the token is not valid: its status names no place in a list')
}

/** Lists are read below the issuer alone: a token must not send anybody elsewhere. */
function assertOwn(uri: string, issuer: string): void {
  const base = new URL(issuer)
  const url = URL.canParse(uri) ? new URL(uri) : undefined
  const isBelow = url?.pathname.startsWith(`${base.pathname.replace(/\/+$/, '')}/`)
  const isOwn = url?.origin === base.origin && isBelow
  if (isOwn && url.username === '' && url.search === '' && url.hash === '') return
  const message = `the status list ${shown(uri)} is not below the issuer ${shown(issuer)}`
  throw failure('status_list.foreign', message)
}

const isPast = (
  { exp }: StatusList,
  { now = Date.now, clockToleranceSeconds = 5 }: StatusOptions,
) => now() / 1000 >= exp + clockToleranceSeconds

/** What a list says that serves still; one that is past its `exp` is read again, or is none. */
async function inTime(
  { list, uri }: Listed,
  notBefore: number | undefined,
  options: StatusOptions,
) {
  const known = await list.known(notBefore)
  if (!isPast(known, options)) return known
  const next = await list.again()
  if (!isPast(next, options)) return next
  throw failure('status_list.expired', `the status list ${shown(uri)} is past its exp`)
}

function keptList(reading: ListReading, options: StatusOptions): Kept<StatusList> {
  const { pollSeconds = Number.POSITIVE_INFINITY } = options
  return kept(
    (known) => readStatusList(reading, known),
    {
      freshMs: ({ ttlSeconds }) => Math.min(ttlSeconds, pollSeconds) * 1000,
      longestMs: longestMsOf(options),
    },
    options,
  )
}

/** The state of one token: a list that is too short for it may have grown since. */
async function stateIn({ list, uri, idx }: Listed, known: StatusList): Promise<number> {
  const state = known.at(idx) ?? (await list.again()).at(idx)
  if (state !== undefined) return state
  const message = `the status list ${shown(uri)} ends before ${idx}`
  throw failure('status_list.out_of_range', message)
}

/** Reads the lists that tokens name, and keeps them as long as their `ttl` says. */
export function statusLists(findKey: FindKey, options: StatusOptions): IsListedRevoked {
  const lists = new Map<string, Kept<StatusList>>()
  const add = (uri: string) => {
    assertOwn(uri, options.issuer)
    const [oldest] = lists.keys()
    if (lists.size >= mostLists && oldest !== undefined) lists.delete(oldest)
    const list = keptList({ uri, findKey, options }, options)
    lists.set(uri, list)
    return list
  }
  return async (claim, notBefore) => {
    const reference = referenceOf(claim)
    const listed = { ...reference, list: lists.get(reference.uri) ?? add(reference.uri) }
    return (await stateIn(listed, await inTime(listed, notBefore, options))) !== 0
  }
}
