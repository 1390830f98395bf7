import { createHash } from 'node:crypto'

/** What can stand in the audit log, with what it means. */
export const auditActions = {
  'account.create': 'a service account was created',
  'account.update': 'name, description, permissions, audiences or state of an account changed',
  'account.delete': 'an account and its credentials were deleted',
  'account.revoke_tokens': 'all access tokens issued to an account so far were revoked',
  'credential.add': 'a secret or public key was added to an account',
  'credential.rotate': 'a new secret was made; the former ones end after the overlap',
  'credential.delete': 'a secret or public key was removed',
  'client_key.create': 'a client key was created',
  'token.revoke': 'one access token was revoked',
  'login.refused': 'logins were refused: folded by client, reason and minute',
} as const satisfies Record<string, string>

export type AuditAction = keyof typeof auditActions

export interface ActorRef {
  readonly kind: 'account' | 'system' | 'anonymous'
  readonly id: string
  readonly name: string
}

interface TargetRef {
  readonly kind: string
  readonly id: string
  readonly name: string
}

export type Facts = Readonly<Record<string, unknown>>

/** One entry of the audit log, before the log has given it a place. Times are milliseconds. */
export interface NewEvent {
  /** Unique: `<record id>:<version>`, so that a second append of it is harmless. */
  readonly id: string
  readonly at: number
  readonly action: AuditAction
  readonly actor: ActorRef
  readonly target: TargetRef
  readonly requestId: string
  /** The record that changed, for caches that follow the log; absent when no record did. */
  readonly record?: { readonly kind: string; readonly id: string }
  readonly before?: Facts
  readonly after?: Facts
}

/** An entry in its place: `hash` covers the entry and `previousHash`, the hash of the one before. */
export interface Event extends NewEvent {
  readonly seq: number
  readonly previousHash: string
  readonly hash: string
}

const genesisHash = ''

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  members.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}

function hashOf(event: NewEvent, seq: number, previousHash: string): string {
  const { id, at, action, actor, target, requestId, record, before, after } = event
  const entry = {
    seq,
    id,
    at,
    action,
    actor,
    target,
    requestId,
    record,
    before,
    after,
  }
  return createHash('sha256')
    .update(`${previousHash}\n${canonical(entry)}`)
    .digest('base64url')
}

/** Gives an event its place after `previous` (undefined: it is the first). */
export function seal(event: NewEvent, previous: Pick<Event, 'seq' | 'hash'> | undefined): Event {
  const seq = (previous?.seq ?? 0) + 1
  const previousHash = previous?.hash ?? genesisHash
  return {
    ...event,
    seq,
    previousHash,
    hash: hashOf(event, seq, previousHash),
  }
}

/** Whether `event` is what was once sealed after `previous`. */
export function isSealed(event: Event, previous: Pick<Event, 'seq' | 'hash'> | undefined): boolean {
  const { seq, previousHash, hash } = seal(event, previous)
  return event.seq === seq && event.previousHash === previousHash && event.hash === hash
}
