import { hash } from 'node:crypto'
import { Problem } from '../domain/problem.ts'

/** What a request demands of the state that it is about (RFC 9110 §13.1); empty where it is silent. */
export interface Conditions {
  /** Absent where it is silent: a list without a tag demands a version that there is not. */
  readonly ifMatch: string | undefined
  readonly ifNoneMatch: string
  readonly ifUnmodifiedSince: string
}

/** The state of a record, as its entity tag and its times tell of it. */
export interface State {
  readonly version: number | string
  /** Whether its tag tells no more than that a reader would see the same. */
  readonly isWeak?: boolean
  /** Milliseconds. */
  readonly updatedAt?: number
}

interface Tag {
  readonly isWeak: boolean
  readonly value: string
}

type Tags = 'any' | readonly Tag[]

/** RFC 9110 §8.8.3. */
const tagForm = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/
/** What stands between commas, but for those inside of quotes. */
const partForm = /(?:"[^"]*"|[^,])+/g

function readTag(field: string, text: string): Tag {
  const [, weak, value] = tagForm.exec(text) ?? []
  if (value !== undefined) return { isWeak: weak !== undefined, value }
  throw new Problem('request.malformed', {
    field,
    said: 'expected * or entity tags in quotes, such as "1", with commas between them',
  })
}

function readTags(field: string, text: string): Tags {
  const given = [...text.matchAll(partForm)].map(([part]) => part.trim())
  const parts = given.filter((part) => part !== '')
  if (parts.length === 1 && parts[0] === '*') return 'any'
  return parts.map((part) => readTag(field, part))
}

/** A tag of what is shown of a version: changes ask for the version alone, readers for all of it. */
export function tagOfShown(version: string, shown: object): string {
  const digest = hash('sha256', JSON.stringify(shown), 'base64url')
  return `${version}.${digest.slice(0, 27)}`
}

const versionIn = (value: string) => value.split('.', 1)[0]

/** Whether a tag is of this version, whatever it was shown with. */
function isOf({ value }: Tag, { version }: State): boolean {
  return versionIn(value) === versionIn(String(version))
}

/** The state that an entity tag of ours names. */
export function stateNamedBy(tag: string): State {
  const { isWeak, value } = readTag('ETag', tag)
  return { isWeak, version: value }
}

/** RFC 9110 §13.1.1: strong comparison, so that a weak tag never fits. */
function assertMatch(tags: Tags, state: State): void {
  if (tags === 'any') return
  const same = tags.filter((tag) => isOf(tag, state))
  if (!state.isWeak && same.some(({ isWeak }) => !isWeak)) return
  throw new Problem('version.stale', same.length > 0 ? { why: 'weak' } : {})
}

function assertNoMatch(tags: Tags, state: State): void {
  if (tags !== 'any' && !tags.some((tag) => isOf(tag, state))) return
  throw new Problem('version.stale', { why: 'none_match' })
}

/** RFC 9110 §13.1.4: by whole seconds; what is no HTTP date, or has no time, says nothing. */
function assertUnmodified(date: string, { updatedAt }: State): void {
  const since = /GMT$/.test(date) ? Date.parse(date) : Number.NaN
  if (updatedAt === undefined || Number.isNaN(since)) return
  if (Math.floor(updatedAt / 1000) * 1000 <= since) return
  throw new Problem('version.stale', { why: 'unmodified_since' })
}

/** Judges the conditions of a change, in the order of RFC 9110 §13.2.2. Fails with `version.stale`. */
export function assertConditions(conditions: Conditions, state: State): void {
  const { ifMatch, ifNoneMatch, ifUnmodifiedSince } = conditions
  if (ifMatch === undefined) assertUnmodified(ifUnmodifiedSince, state)
  else assertMatch(readTags('If-Match', ifMatch), state)
  assertNoMatch(readTags('If-None-Match', ifNoneMatch), state)
}
