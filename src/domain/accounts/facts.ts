import type { AuditAction } from '../audit/actions.ts'
import type { Facts, NewEvent } from '../audit/event.ts'
import { actorRef, type Context } from '../context.ts'
import type { Account } from './account.ts'

/** What an event says of an account: everything but digests and keys. */
function factsOf(account: Account): Facts {
  const { name, description, authMethod, state, permissions, audiences, jwksUri } = account
  const credentials = account.credentials.map(({ id, name: called, expiresAt }) => ({
    id,
    name: called,
    ...(expiresAt !== undefined && { expiresAt }),
  }))
  const where = jwksUri === undefined ? {} : { jwksUri }
  return { name, description, authMethod, state, permissions, audiences, credentials, ...where }
}

function changed(before: Facts, after: Facts): [Facts, Facts] {
  const names = Object.keys({ ...before, ...after }).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  )
  const pick = (facts: Facts) => Object.fromEntries(names.map((name) => [name, facts[name]]))
  return [pick(before), pick(after)]
}

/** The event of an account's change; it is named by the record and its new version. */
export function accountEvent(
  ctx: Context,
  action: AuditAction,
  { before, after }: { readonly before?: Account; readonly after: Account },
): NewEvent {
  const now = factsOf(after)
  const [former, latter] = before ? changed(factsOf(before), now) : [undefined, now]
  return {
    id: `${after.id}:${after.version}`,
    at: ctx.now(),
    action,
    actor: actorRef(ctx.actor),
    target: { kind: 'service_account', id: after.clientId, name: after.name },
    requestId: ctx.requestId,
    record: { kind: 'account', id: after.id },
    ...(former && { before: former }),
    ...(after.live && { after: latter }),
  }
}
