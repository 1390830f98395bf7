import type { RegistrationDoor } from '../api/mia/route.ts'
import { Problem } from '../domain/problem.ts'
import { clientAddress } from '../http/client-address.ts'
import { requestId } from '../http/request-id.ts'
import { RegistrationQuota } from './registration-quota.ts'
import { seldom } from './seldom.ts'
import type { Services } from './services.ts'

/** Each is a record and an entry of the audit log, which is kept for good. */
const bounds = { mostEach: 10, mostInAll: 60 }

/** Says, at the start and once a minute while it is asked for, that the company is not there. */
function companyWatch({ settings: { register }, directory, log, now }: Services): () => void {
  const { companyId } = register
  const warn = seldom(now, (fields: { readonly times: number }) => {
    const setting = 'register.companyId (OSTIARY_REGISTER_COMPANY_ID)'
    log.warn('nobody can register: there is no such company', { companyId, setting, ...fields })
  })
  const look = () => {
    if (register.enabled && !directory.companies.get(companyId)) warn({})
  }
  look()
  return look
}

/** Whether strangers may register, which the settings say, and how often. */
export function openRegistration(services: Services): RegistrationDoor {
  const { enabled, companyId, draft: isDraft } = services.settings.register
  const quota = new RegistrationQuota(bounds, services.now)
  const address = clientAddress(services.settings.http.trustedProxies)
  const lookForCompany = companyWatch(services)
  return {
    assertOpen: () => {
      if (!enabled) throw new Problem('registration.closed', {})
      lookForCompany()
    },
    take: (request) => {
      const { waitSeconds: retryAfterSeconds, giveBack } = quota.take(address(request))
      if (retryAfterSeconds > 0) throw new Problem('registration.throttled', { retryAfterSeconds })
      const context = services.contextFor({ kind: 'anonymous' }, requestId(request))
      return { context, terms: { companyId, isDraft }, giveBack }
    },
  }
}
