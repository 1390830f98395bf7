import type { RefusalReason } from '../domain/credentials/check-secret.ts'
import type { Outcome } from '../oauth/endpoint.ts'
import type { Login } from '../oauth/login.ts'
import type { Throttle } from '../oauth/throttle.ts'
import { faultFields, type Logger } from '../telemetry/logger.ts'
import type { LastUses } from './last-uses.ts'
import type { RefusedLogins } from './refused-logins.ts'

/** Where the outcome of a login is noted. */
export interface LoginSinks {
  readonly log: Logger
  readonly refusedLogins: RefusedLogins
  readonly lastUses: LastUses
  readonly throttle: Throttle
}

/** The true reason of a refused login, which the caller is never told. */
function reasonOf({ account, presented, verdict, why }: Login): RefusalReason {
  if (why) return why
  if (!account?.live) return 'unknown_client'
  if (account.authMethod !== presented.method) return 'wrong_method'
  if (verdict && !verdict.ok) return verdict.why
  return 'bad_assertion'
}

function loginFields(login: Login) {
  const { requestId, address, presented } = login
  const { clientId, method } = presented
  const kid = presented.method === 'private_key_jwt' ? { kid: presented.kid } : {}
  return { requestId, address, clientId, method, ...kid }
}

function noteRefusal({ login, cause }: { login: Login; cause: unknown }, sinks: LoginSinks): void {
  const why = reasonOf(login)
  const { clientId, method } = login.presented
  const detail = login.detail ?? (cause instanceof Error ? Reflect.get(cause, 'error_detail') : '')
  sinks.log.warn('login refused', { ...loginFields(login), reason: why, detail })
  const { account } = login
  sinks.refusedLogins.add({
    clientId,
    name: account?.name ?? '',
    isKnown: account?.live === true,
    why,
    requestId: login.requestId,
  })
  if (method === 'client_secret_basic') sinks.throttle.refused(clientId, login.address)
}

function noteSuccess(login: Login, sinks: LoginSinks): void {
  const { audiences, credential } = login
  const used = login.verdict?.ok ? login.verdict.credential : credential
  if (used) sinks.lastUses.add(used.id)
  sinks.throttle.accepted(login.presented.clientId, login.address)
  const audience = audiences.length === 0 ? {} : { audiences }
  sinks.log.info('login accepted', { ...loginFields(login), ...audience, credential: used?.id })
}

/** Keeps account of how each request to an OAuth endpoint ended. */
export function noteOutcome(
  { path, status, error, login, cause }: Outcome,
  sinks: LoginSinks,
): void {
  if (status >= 500) {
    sinks.log.error('request failed', {
      path,
      status,
      ...(login && loginFields(login)),
      ...faultFields(cause),
    })
  } else if (!login) {
    sinks.log.info('request refused', { path, status, error })
  } else if (error === 'invalid_client') {
    noteRefusal({ login, cause }, sinks)
  } else if (error === undefined) {
    noteSuccess(login, sinks)
  } else {
    sinks.log.info('request refused', { path, status, error, ...loginFields(login) })
  }
}
