import type { AuditAction } from './actions.ts'

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
