import { accountMail } from '../../domain/accounts/mail.ts'
import type { Actor } from '../../domain/context.ts'
import type { Known } from '../../domain/known.ts'

/** The mail address by which this dialect names somebody. */
export function mailOf(known: Pick<Known, 'users'>, actor: Actor, issuer: string): string {
  switch (actor.kind) {
    case 'person':
      return known.users.get(actor.id)?.email ?? actor.name
    case 'account':
      return accountMail(actor.clientId, new URL(issuer).hostname)
    case 'system':
    case 'anonymous':
      return actor.kind
  }
}
