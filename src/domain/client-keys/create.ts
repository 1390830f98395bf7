import { permit } from '../access/permit.ts'
import { insert } from '../change.ts'
import { actorRef, type Context } from '../context.ts'
import { assertSeen } from '../names.ts'
import { Problem } from '../problem.ts'
import { newRecordId } from '../records.ts'
import { inRoom } from '../room.ts'
import { digestWith, newSecret, type Secret } from '../secret.ts'
import type { ClientKey } from './client-key.ts'
import { assertNameFree, roomForKey } from './limits.ts'

/** What a new client key is called, and when it ends. */
export interface NewClientKey {
  readonly name: string
  /** Milliseconds. */
  readonly expiresAt?: number
}

/** A client key that was just made. */
export interface CreatedClientKey {
  readonly key: ClientKey
  /** Shown this once. */
  readonly value: Secret
}

function newKey(ctx: Context, terms: NewClientKey, value: Secret): ClientKey {
  const now = ctx.now()
  return {
    id: newRecordId('client_key', now),
    version: 1,
    live: true,
    ...terms,
    digest: digestWith(ctx.peppers[0], value.reveal()),
    active: true,
    createdAt: now,
    createdBy: actorRef(ctx.actor).id,
  }
}

/** Makes a client key. Its value is in the answer and nowhere else. */
export async function createClientKey(
  ctx: Context,
  terms: NewClientKey,
): Promise<CreatedClientKey> {
  await permit(ctx, 'client_key.create', 'root')
  assertSeen(terms.name)
  if (terms.expiresAt !== undefined && terms.expiresAt <= ctx.now()) {
    throw new Problem('request.invalid', { rule: 'end_lies_ahead' })
  }
  await assertNameFree(ctx, terms.name)
  const value = newSecret('clientKey')
  const key = newKey(ctx, terms, value)
  await inRoom(roomForKey(ctx), () =>
    insert(ctx, 'client_key', { action: 'client_key.create', record: key }),
  )
  return { key, value }
}
