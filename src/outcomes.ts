import type { RefusalReason } from './domain/authentication.ts'
import type { LoginBook } from './domain/logins.ts'
import type { Throttle } from './domain/throttle.ts'
import type { Outcome } from './oauth/endpoint.ts'
import type { Login } from './oauth/login.ts'
import { faultFields, type Logger } from './telemetry/logger.ts'

export interface Records {
  readonly log: Logger
  readonly book: LoginBook
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

function noteRefusal({ login, cause }: { login: Login; cause: unknown }, records: Records): void {
  const why = reasonOf(login)
  const { clientId, method } = login.presented
  const detail = login.detail ?? (cause instanceof Error ? Reflect.get(cause, 'error_detail') : '')
  records.log.warn('login refused', { ...loginFields(login), reason: why, detail })
  const { account } = login
  records.book.refused({
    clientId,
    name: account?.name ?? '',
    isKnown: account?.live === true,
    why,
    requestId: login.requestId,
  })
  if (method === 'client_secret_basic') records.throttle.refused(clientId, login.address)
}

function noteSuccess(login: Login, records: Records): void {
  const { audiences, credential } = login
  const used = login.verdict?.ok ? login.verdict.credential : credential
  if (used) records.book.used(used.id)
  records.throttle.accepted(login.presented.clientId, login.address)
  const audience = audiences.length === 0 ? {} : { audiences }
  records.log.info('login accepted', { ...loginFields(login), ...audience, credential: used?.id })
}

/** Keeps account of how each request to an OAuth endpoint ended. */
export function noteOutcome(
  { path, status, error, login, cause }: Outcome,
  records: Records,
): void {
  if (status >= 500) {
    records.log.error('request failed', {
      path,
      status,
      ...(login && loginFields(login)),
      ...faultFields(cause),
    })
  } else if (!login) {
    records.log.info('request refused', { path, status, error })
  } else if (error === 'invalid_client') {
    noteRefusal({ login, cause }, records)
  } else if (error === undefined) {
    noteSuccess(login, records)
  } else {
    records.log.info('request refused', { path, status, error, ...loginFields(login) })
  }
}
