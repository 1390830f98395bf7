import type { Issued } from '../../domain/tokens/create.ts'
import type { SeenToken } from '../../domain/tokens/manage.ts'
import type { Regenerated } from '../../domain/tokens/regenerate.ts'
import { iso, used } from './views.ts'

/** A token without its value. */
export function token({ token: record, state, lastUse }: SeenToken) {
  const { id, name, audiences, createdAt, createdBy, value } = record
  return {
    id,
    name,
    audiences,
    createdAt: iso(createdAt),
    createdBy,
    expiresAt: iso(value.expiresAt),
    ...used(lastUse),
    state,
  }
}

/** The one reply that holds the value of a token. */
export function issued({ token: { id, name, value }, jwt }: Issued) {
  return { id, name, token: jwt.reveal(), expiresAt: iso(value.expiresAt) }
}

/** The one reply that holds a new value of a token. */
export function regenerated(made: Regenerated) {
  return { ...issued(made), previousExpiresAt: iso(made.previousExpiresAt) }
}
