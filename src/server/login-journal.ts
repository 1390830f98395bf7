import type { RefusalReason } from '../domain/credentials/refusal-reasons.ts'
import type { Asked, Granted, LoginAttempt, Proven, Refused } from '../oauth/attempt.ts'
import type { Outcome } from '../oauth/report.ts'
import type { Throttle } from '../oauth/throttle.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { LastUses } from './last-uses.ts'
import { failureFields, type Outage } from './outage.ts'
import type { RefusedLogins } from './refused-logins.ts'
import type { Renewals } from './renewals.ts'

/** Where the outcome of a login is noted. */
export interface LoginSinks {
  readonly log: Logger
  readonly refusedLogins: RefusedLogins
  readonly lastUses: LastUses
  readonly throttle: Throttle
  readonly renewals: Renewals
  readonly outage: Outage
}

function loginFields({ presented }: Asked) {
  const { clientId, method } = presented
  const kid = presented.method === 'private_key_jwt' ? { kid: presented.kid } : {}
  return { clientId, method, ...kid }
}

/** What every line tells: of the request, and of its login as far as that was read. */
function fieldsOf(attempt: LoginAttempt, durationMs: number) {
  const { requestId, address, path } = attempt.origin
  const login = attempt.stage === 'unread' ? {} : loginFields(attempt)
  return { requestId, address, path, ...login, durationMs: Math.round(durationMs * 10) / 10 }
}

type Fields = ReturnType<typeof fieldsOf>

/** No guess at a secret: it was right and lost its standing, or nobody looked at it. */
const innocent: ReadonlySet<RefusalReason> = new Set([
  'throttled',
  'deleted_meanwhile',
  'disabled_meanwhile',
  'revoked_meanwhile',
  'credential_gone_meanwhile',
])

function noteRefusal(attempt: Refused, fields: Fields, sinks: LoginSinks): void {
  const { reason, detail, account, presented, origin } = attempt
  sinks.log.warn('login refused', { ...fields, reason, detail })
  sinks.refusedLogins.add({
    clientId: presented.clientId,
    name: account?.name ?? '',
    isKnown: account?.live === true,
    owner: account?.owner,
    why: reason,
    requestId: origin.requestId,
  })
  if (presented.method === 'client_secret_basic' && !innocent.has(reason)) {
    sinks.throttle.refused(presented.clientId, origin.address)
  }
}

function noteSuccess(attempt: Proven | Granted, fields: Fields, sinks: LoginSinks): void {
  const { proof, presented, origin } = attempt
  const credential = proof.by === 'credential' ? proof.credential.id : undefined
  // A key that is published elsewhere has no id here: the account stands for it.
  sinks.lastUses.add(credential ?? attempt.account.id, origin.address)
  sinks.renewals.addLogin(attempt)
  sinks.throttle.accepted(presented.clientId, origin.address)
  if (attempt.stage === 'granted') {
    const { audiences } = attempt.grant
    sinks.log.info('login accepted', { ...fields, audiences, credential })
  } else {
    // Introspection and revocation: it is known who asks, and no token is issued.
    sinks.log.info('client accepted', { ...fields, credential })
  }
}

/** Keeps account of how each request to an OAuth endpoint ended. */
export function noteOutcome({ attempt, ending, durationMs }: Outcome, sinks: LoginSinks): void {
  const fields = fieldsOf(attempt, durationMs)
  const { status } = ending
  if (ending.is === 'failed') {
    const level = sinks.outage.take(ending.cause) ? 'warn' : 'error'
    sinks.log[level]('request failed', { status, ...fields, ...failureFields(ending.cause) })
  } else if (attempt.stage === 'refused') {
    noteRefusal(attempt, fields, sinks)
  } else if (
    ending.is === 'answered' &&
    (attempt.stage === 'proven' || attempt.stage === 'granted')
  ) {
    noteSuccess(attempt, fields, sinks)
  } else {
    const { error, detail } = ending.is === 'refused' ? ending : {}
    sinks.log.info('request refused', { status, error, detail, ...fields })
  }
}
